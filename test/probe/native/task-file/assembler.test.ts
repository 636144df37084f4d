import { describe, expect, it } from 'vitest';
import { type Assembler, assembler } from '../../../../src/probe/native/task-file/assembler.ts';

/** As `llvm-objdump` and the kernel's verifier name them. */
const cases: readonly (readonly [name: string, write: (code: Assembler) => void, hex: string])[] = [
  ['r1 = *(u64 *)(r6 + 24)', ({ load }) => load(8, 1, 6, 24), '7961180000000000'],
  ['r1 = *(u32 *)(r6 + 16)', ({ load }) => load(4, 1, 6, 16), '6161100000000000'],
  ['r2 = *(u16 *)(r9 + 0)', ({ load }) => load(2, 2, 9, 0), '6992000000000000'],
  ['r2 = *(u8 *)(r9 + 1)', ({ load }) => load(1, 2, 9, 1), '7192010000000000'],
  ['*(u64 *)(r8 + 8) = r1', ({ store }) => store(8, 8, 8, 1), '7b18080000000000'],
  ['*(u64 *)(r10 - 8) = 7', ({ storeNumber }) => storeNumber(10, -8, 7), '7a0af8ff07000000'],
  ['r3 += -8', ({ alu }) => alu('add', 3, -8), '07030000f8ffffff'],
  ['r1 &= 63', ({ alu }) => alu('and', 1, 63), '570100003f000000'],
  ['r1 <<= 3', ({ alu }) => alu('lsh', 1, 3), '6701000003000000'],
  ['r0 = 0', ({ alu }) => alu('mov', 0, 0), 'b700000000000000'],
  ['r6 = r1', ({ aluRegister }) => aluRegister('mov', 6, 1), 'bf16000000000000'],
  ['r1 >>= r2', ({ aluRegister }) => aluRegister('rsh', 1, 2), '7f21000000000000'],
  ['call 113', ({ call }) => call(113), '8500000071000000'],
  ['exit', ({ exit }) => exit(), '9500000000000000'],
  ['r8 = map[3][0]', ({ mapValue }) => mapValue(8, 3), '18280000030000000000000000000000'],
];

describe('assembler', () => {
  it.each(cases)('writes %s', (_, write, hex) => {
    const code = assembler();
    write(code);
    expect(code.finish().toString('hex')).toBe(hex);
  });

  it('jumps on and back by the number of instructions between', () => {
    const code = assembler();
    code.label('begin');
    code.jumpIf('eq', 7, 0, 'end');
    code.jumpIf('sgt', 0, 0, 'begin');
    code.jumpIf('gt', 3, 4096, 'end');
    code.jumpIfRegister('ne', 1, 2, 'end');
    code.jump('begin');
    code.label('end');
    code.exit();
    expect(code.finish().toString('hex').match(/.{16}/g)).toEqual([
      '1507040000000000',
      '6500feff00000000',
      '2503020000100000',
      '5d21010000000000',
      '0500fbff00000000',
      '9500000000000000',
    ]);
  });

  it('says where it cannot jump to', () => {
    const code = assembler();
    code.jump('nowhere');
    expect(() => code.finish()).toThrow('no label nowhere');
  });
});
