import type { Report } from '../policy/report.ts';
import type { Form } from './check.ts';
import { reportPieces } from './json-pieces.ts';
import { readyLine, reportText, textPieces } from './text.ts';
import { toWire } from './wire.ts';

type RestForm = Exclude<Form, 'message' | 'result'>;

/** A report as REST sends it. */
export function render(report: Report, form: RestForm): string {
  switch (form) {
    case 'json':
      return JSON.stringify(toWire(report));
    case 'text':
      return reportText(report);
    case 'line':
      return readyLine(report);
  }
}

/** The same in pieces, some of them empty: for where other work must not wait for the whole. */
export function renderPieces(report: Report, form: RestForm): Iterable<string> {
  switch (form) {
    case 'json':
      return reportPieces(report);
    case 'text':
      return textPieces(report);
    case 'line':
      return [readyLine(report)];
  }
}
