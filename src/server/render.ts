import type { Report } from '../policy/report.ts';
import type { Form } from './check.ts';
import { readyLine, reportText } from './text.ts';
import { toWire } from './wire.ts';

/** A report as REST sends it. */
export function render(report: Report, form: Exclude<Form, 'message' | 'result'>): string {
  switch (form) {
    case 'json':
      return JSON.stringify(toWire(report));
    case 'text':
      return reportText(report);
    case 'line':
      return readyLine(report);
  }
}
