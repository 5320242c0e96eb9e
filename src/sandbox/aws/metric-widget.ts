/** GetMetricWidgetImage: reads what a widget asks for and has it drawn from the stand-in's own metrics. */
import { z } from 'zod';
import { findSource, type Holdings, type Watched } from './metric-data.ts';
import { drawWidget, type Line, type Mark } from './widget-drawing.ts';
import { readInput, validationError, type Caller } from './wire.ts';

export const getMetricWidgetImageInput = z.object({
  MetricWidget: z.string(),
  OutputFormat: z.enum(['png', 'image/png']).optional(),
});

const side = z.int().min(1).max(2000);
const horizontal = z.object({ value: z.number(), label: z.string().optional() });
const vertical = z.object({ value: z.iso.datetime({ offset: true }), label: z.string().optional() });
const axis = z.object({ min: z.number().optional(), max: z.number().optional() });
const widgetShape = z.object({
  width: side.default(600),
  height: side.default(400),
  region: z.string().optional(),
  title: z.string().optional(),
  period: z.int().positive().default(300),
  start: z.string().default('-PT3H'),
  end: z.string().default('-PT0H'),
  theme: z.enum(['light', 'dark']).default('light'),
  view: z.enum(['timeSeries', 'bar', 'pie']).optional(),
  timezone: z
    .string()
    .regex(/^[+-]\d{4}$/)
    .optional(),
  yAxis: z.object({ left: axis.optional(), right: axis.optional() }).optional(),
  metrics: z.array(z.array(z.unknown())).default([]),
  annotations: z
    .object({
      alarms: z.array(z.string()).default([]),
      horizontal: z.array(z.union([horizontal, z.array(horizontal)])).default([]),
      vertical: z.array(z.union([vertical, z.array(vertical)])).default([]),
    })
    .prefault({}),
});
const options = z.object({
  period: z.int().positive().optional(),
  expression: z.string().optional(),
  visible: z.boolean().optional(),
});

const maxMetrics = 100;
const maxBytes = 100_000;

/** The answer to GetMetricWidgetImage. @throws AwsError for a widget that CloudWatch would not draw. */
export function getMetricWidgetImage(
  input: z.infer<typeof getMetricWidgetImageInput>,
  world: Holdings & { readonly caller: Caller; readonly now: number },
): unknown {
  const widget = readWidget(input.MetricWidget);
  if (widget.region !== undefined && widget.region !== world.caller.region)
    throw validationError(`Invalid MetricWidget: region must be ${world.caller.region}`);
  const from = readTime(widget.start, world.now);
  const to = readTime(widget.end, world.now);
  if (from >= to) throw validationError('Invalid MetricWidget: start must be before end');
  const wanted = [...readMetrics(widget.metrics), ...ofAlarms(widget.annotations.alarms, world)];
  const lines = wanted.map(({ watched, periodSeconds }): Line => {
    const source = findSource(watched, world);
    const periodMillis = 1000 * (periodSeconds ?? widget.period);
    return { points: source?.read({ from, to, periodMillis, now: world.now }) ?? [], periodMillis };
  });
  const { width, height, theme } = widget;
  const picture = drawWidget({
    width,
    height,
    dark: theme === 'dark',
    from,
    to,
    lines,
    levels: [...widget.annotations.horizontal.flat().map(({ value }) => value), ...thresholdsOf(widget, world)],
    marks: widget.annotations.vertical.flat().map(({ value }): Mark => Date.parse(value)),
    least: widget.yAxis?.left?.min ?? null,
    most: widget.yAxis?.left?.max ?? null,
  });
  return { MetricWidgetImage: picture.toString('base64') };
}

type Widget = z.infer<typeof widgetShape>;
type Wanted = { readonly watched: Watched; readonly periodSeconds: number | null };

function readWidget(text: string): Widget {
  if (Buffer.byteLength(text) > maxBytes) throw validationError('Invalid MetricWidget: it is larger than 100 KB');
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw validationError('Invalid MetricWidget: it is not valid JSON');
  }
  const widget = readInput(widgetShape, json);
  if (widget.metrics.length > maxMetrics)
    throw validationError(`Invalid MetricWidget: metrics should NOT have more than ${maxMetrics} items`);
  if (widget.metrics.length === 0 && widget.annotations.alarms.length === 0)
    throw validationError("Invalid MetricWidget: should have required property 'metrics'");
  return widget;
}

/** `-PT3H`, `-P1D` or a time. */
function readTime(text: string, now: number): number {
  const ago = /^-P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?$/.exec(text);
  if (ago !== null) {
    const [, days = 0, hours = 0, minutes = 0] = ago;
    return now - ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60_000;
  }
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw validationError(`Invalid MetricWidget: '${text}' is not a time`);
  return time;
}

/** Rows as CloudWatch has them: names, pairs of dimensions and options; `.` repeats what stands above, `...` all of it. */
function readMetrics(rows: readonly (readonly unknown[])[]): readonly Wanted[] {
  let above: readonly string[] = [];
  const found: Wanted[] = [];
  for (const row of rows) {
    const last = row.at(-1);
    const said = options.safeParse(typeof last === 'object' ? last : {});
    const names = typeof last === 'object' ? row.slice(0, -1) : row;
    if (!said.success || !names.every((name) => typeof name === 'string'))
      throw validationError('Invalid MetricWidget: metrics must be names, followed by options');
    const full = names.flatMap((name, index) => {
      if (name === '...') return above.slice(0, above.length - (names.length - index - 1));
      return [name === '.' ? (above[index] ?? '') : name];
    });
    const { expression, period = null, visible = true } = said.data;
    if (expression === undefined) {
      const [namespace, metric, ...pairs] = full;
      if (namespace === undefined || metric === undefined || pairs.length % 2 === 1)
        throw validationError('Invalid MetricWidget: a metric needs a namespace, a name and pairs of dimensions');
      above = full;
      const dimensions: Record<string, string> = {};
      for (let index = 0; index < pairs.length; index += 2) dimensions[pairs[index] ?? ''] = pairs[index + 1] ?? '';
      if (visible) found.push({ watched: { namespace, metric, dimensions }, periodSeconds: period });
    } else if (visible) found.push({ watched: { expression }, periodSeconds: period });
  }
  return found;
}

function ofAlarms(arns: readonly string[], { alarms }: Holdings): readonly Wanted[] {
  return alarms
    .filter(({ arn, kind }) => arns.includes(arn) && kind !== 'composite')
    .map(({ expression, namespace, metric, dimensions, periodSeconds }) => ({
      watched: expression === null ? { namespace, metric, dimensions } : { expression },
      periodSeconds,
    }));
}

function thresholdsOf(widget: Widget, { alarms }: Holdings): readonly number[] {
  return alarms.filter(({ arn }) => widget.annotations.alarms.includes(arn)).map(({ threshold }) => threshold);
}
