/** What can be asked over HTTP, beside what Slack sends: is it well, what did it count, here is a signal, an alarm, the answer to a page. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Logger } from 'pino';
import type { Metrics } from '../metrics.ts';
import { readNow } from '../postgres/postgres.ts';
import { type IntakeContext, takeSignals } from './intake.ts';
import type { Pages } from './pages.ts';
import { type Answer, type Route, send } from './web.ts';

export type WebContext = IntakeContext & {
  readonly metrics: Pick<Metrics, 'render'>;
  /** Answers what SNS sends. */
  readonly topic: (request: IncomingMessage) => Promise<Answer>;
  /** Answers what pagers say of pages. */
  readonly pages?: Pages;
  /** Whether Slack's socket is connected, if there is one. */
  readonly slackConnected?: () => boolean;
};

const healthMillis = 2_000;

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

export function routes(context: WebContext): Route[] {
  const { pages } = context;
  return [
    ...serve('/health', ['GET', 'HEAD'], context.log, () => checkHealth(context)),
    ...serve('/metrics', ['GET', 'HEAD'], context.log, () => showMetrics(context)),
    ...serve('/signals', ['POST'], context.log, (request) => takeSignals(context, request)),
    ...serve('/sns', ['POST'], context.log, context.topic),
    ...(pages === undefined
      ? []
      : [
          ...serve('/pagerduty', ['POST'], context.log, pages.pagerDuty),
          ...serve('/pages', ['POST'], context.log, pages.own),
        ]),
  ];
}

/** A path with the methods it knows, and a word for those it does not. */
function serve(
  path: string,
  known: string[],
  log: Logger,
  answer: (request: IncomingMessage) => Promise<Answer>,
): Route[] {
  return [
    {
      path,
      method: known,
      handler: (request, response) => {
        answer(request).then(
          (given) => send(response, given),
          (error: unknown) => {
            const reference = randomUUID().slice(0, 8);
            log.error({ err: error, path, reference }, 'a request failed');
            send(response, { status: 500, body: { error: `Something went wrong here. Reference: ${reference}.` } });
          },
        );
      },
    },
    {
      path,
      method: methods.filter((method) => !known.includes(method)),
      handler: (_request, response) => {
        const allow = known.join(', ');
        send(response, { status: 405, body: { error: `Only ${allow} is possible here.` }, headers: { allow } });
      },
    },
  ];
}

async function showMetrics({ metrics }: WebContext): Promise<Answer> {
  const { text, type } = await metrics.render();
  return { status: 200, body: text, headers: { 'content-type': type } };
}

async function checkHealth({ shell, slackConnected }: WebContext): Promise<Answer> {
  const slack = slackConnected === undefined ? {} : { slack: slackConnected() ? 'connected' : 'not connected' };
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, healthMillis, false);
  });
  const asked = readNow(shell.postgres).then(
    () => true,
    () => false,
  );
  const answers = await Promise.race([asked, late]);
  clearTimeout(timer);
  return answers
    ? { status: 200, body: { status: 'ok', postgres: 'answers', ...slack } }
    : { status: 503, body: { status: 'unwell', postgres: 'does not answer', ...slack } };
}
