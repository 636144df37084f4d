const [width, height, margin] = [640, 400, 60];

/** Points over two logarithmic axes, as SVG; the dashed line grows with the first. */
export function plot(points, xName, yName) {
  const decades = (values) => [
    Math.floor(Math.log10(Math.min(...values))),
    Math.ceil(Math.log10(Math.max(...values))),
  ];
  const [x, y] = [0, 1].map((axis) => decades(points.map((point) => point[axis])));
  const at = ([from, to], value, size) => ((Math.log10(value) - from) / (to - from)) * size;
  const px = (value) => round(margin + at(x, value, width - 2 * margin));
  const py = (value) => round(height - margin - at(y, value, height - 2 * margin));
  const ticks = ([from, to]) => Array.from({ length: to - from + 1 }, (_, i) => 10 ** (from + i));
  const line = (all) => all.map(([one, other]) => `${px(one)},${py(other)}`).join(' ');
  const [first, last] = [points[0], points.at(-1)];
  const linear = [first, [last[0], (first[1] * last[0]) / first[0]]];
  const clipped = linear.map(([one, other]) => [one, Math.min(other, 10 ** y[1])]);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">
<title>${yName} by ${xName}</title>
<rect width="${width}" height="${height}" fill="white"/>
${ticks(x)
  .map(
    (tick) =>
      `<path d="M${px(tick)} ${py(10 ** y[0])}V${py(10 ** y[1])}" stroke="#ddd"/><text x="${px(tick)}" y="${height - margin + 18}" text-anchor="middle">${tick.toLocaleString('en')}</text>`,
  )
  .join('\n')}
${ticks(y)
  .map(
    (tick) =>
      `<path d="M${px(10 ** x[0])} ${py(tick)}H${px(10 ** x[1])}" stroke="#ddd"/><text x="${margin - 8}" y="${py(tick) + 4}" text-anchor="end">${tick.toLocaleString('en')}</text>`,
  )
  .join('\n')}
<polyline points="${line(clipped)}" fill="none" stroke="#999" stroke-dasharray="5 5"/>
<polyline points="${line(points)}" fill="none" stroke="#06c" stroke-width="2"/>
${points.map(([one, other]) => `<circle cx="${px(one)}" cy="${py(other)}" r="4" fill="#06c"/>`).join('\n')}
<text x="${width / 2}" y="${height - 15}" text-anchor="middle">${xName}</text>
<text x="${margin}" y="${margin - 20}">${yName}</text>
</svg>
`;
}

const round = (value) => Math.round(value * 10) / 10;
