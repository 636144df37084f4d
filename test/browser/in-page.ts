/** What is run in the browser: each function is sent by its text, so it has all it needs within itself. */

/** As much of an element as is looked at here; the types of a browser are not those of a test. */
interface Shown {
  readonly outerHTML: string;
  readonly parentElement: Shown | null;
  readonly childNodes: Iterable<{ readonly nodeType: number; readonly nodeValue: string | null }>;
  querySelectorAll(selector: string): Iterable<Shown>;
}

declare const getComputedStyle: (
  element: Shown,
) => Readonly<Record<'color' | 'backgroundColor' | 'outlineStyle', string>>;

export const outlineOf = (element: Shown): string => getComputedStyle(element).outlineStyle;

/** Texts whose colour stands out less than WCAG's 4.5 to 1 from what is behind. */
export function poorContrast(body: Shown): readonly string[] {
  const channels = (color: string) => (color.match(/[\d.]+/g) ?? []).map(Number);
  const light = ([r = 0, g = 0, b = 0]: readonly number[]) => {
    const [x = 0, y = 0, z = 0] = [r, g, b].map((one) => {
      const part = one / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const behind = (element: Shown | null): readonly number[] => {
    if (element === null) return [255, 255, 255];
    const color = channels(getComputedStyle(element).backgroundColor);
    return (color[3] ?? 1) === 0 ? behind(element.parentElement) : color;
  };
  const texts = [...body.querySelectorAll('*')].filter((element) =>
    [...element.childNodes].some((node) => node.nodeType === 3 && node.nodeValue?.trim()),
  );
  return texts.flatMap((element) => {
    const [a, b] = [light(channels(getComputedStyle(element).color)), light(behind(element))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    return ratio < 4.5 ? [`${ratio.toFixed(2)} ${element.outerHTML.slice(0, 120)}`] : [];
  });
}
