/**
 * `/incident declare [SEV2] [service, service:] what users feel`, in this order, each part optional:
 *
 * - a severity at the front: `sev2`, `SEV-2`; `sev?` says that nobody knows. A bare digit belongs to the title.
 * - services at the front, ending in a colon (`checkout, search:`), after `on` or written `service:checkout` anywhere: they are taken
 *   out of the title. `service:?` says that nobody knows.
 * - a service's name that is part of the sentence (`checkout is down`, `payments fail on checkout`) counts and stays in the title.
 */
import type { ServiceName, Severity } from '../incident/incident.ts';
import type { Policy } from '../incident/policy.ts';
import type { Asked } from './asked.ts';
import { mostTitle } from './form.ts';
import { noService, noSeverity, tooLong } from './misunderstood.ts';
import {
  isUnknownService,
  isUnknownSeverity,
  looksLikeSeverity,
  readService,
  readSeverity,
  wordsOf,
} from './read-words.ts';

export function parseDeclare(text: string, catalog: Policy): Asked {
  return parse(text, catalog, false);
}

export function parseTest(text: string, catalog: Policy): Asked {
  return parse(text, catalog, true);
}

function parse(text: string, catalog: Policy, test: boolean): Asked {
  const name = test ? 'test' : 'declare';
  const named = takeNamedServices(wordsOf(text), catalog);
  if (named.unknown !== null) return noService(name, named.unknown, catalog);
  const front = takeSeverity(named.words);
  if (front.wrong !== null) return noSeverity(name, front.wrong);
  const leading = takeLeadingServices(front.words, catalog);
  const { severity } = front;
  const services = unique([...named.services, ...leading.services, ...mentionedServices(leading.words, catalog)]);
  const words = leading.words.join(' ');
  const title = words === '' && test ? 'Test incident' : words;
  if (title === '' || (!test && isOnlyServices(leading.words, catalog))) {
    return { type: 'declare form', prefill: { title: '', severity, services } };
  }
  if (title.length > mostTitle) return tooLong('title', title, mostTitle);
  return {
    type: 'declare',
    command: { name: 'declare', title, severity, services, test, origin: null, anyway: false, lead: false },
  };
}

function takeNamedServices(
  words: readonly string[],
  catalog: Policy,
): { readonly words: readonly string[]; readonly services: readonly ServiceName[]; readonly unknown: string | null } {
  const kept: string[] = [];
  const services: ServiceName[] = [];
  for (const word of words) {
    const name = /^service:(.+)$/i.exec(word)?.[1];
    if (name === undefined) {
      kept.push(word);
      continue;
    }
    for (const part of name.split(',').filter((each) => each !== '' && !isUnknownService(each))) {
      const service = readService(part, catalog);
      if (service === null) return { words, services, unknown: part };
      services.push(service);
    }
  }
  return { words: kept, services, unknown: null };
}

function takeSeverity(words: readonly string[]): {
  readonly words: readonly string[];
  readonly severity: Severity | null;
  readonly wrong: string | null;
} {
  const [first = '', second = ''] = words;
  if (isUnknownSeverity(first)) return { words: words.slice(1), severity: null, wrong: null };
  if (looksLikeSeverity(first)) {
    const severity = readSeverity(first);
    return { words: words.slice(1), severity, wrong: severity === null ? first : null };
  }
  if (/^sev$/i.test(first) && readSeverity(second) !== null) {
    return { words: words.slice(2), severity: readSeverity(second), wrong: null };
  }
  return { words, severity: null, wrong: null };
}

/** Services at the front that are no part of the sentence: `checkout, search: …`, `on checkout …`. */
function takeLeadingServices(
  words: readonly string[],
  catalog: Policy,
): { readonly words: readonly string[]; readonly services: readonly ServiceName[] } {
  const after = words.findIndex((word) => word.endsWith(':'));
  const names = (after === -1 ? [] : words.slice(0, after + 1)).flatMap((word) =>
    word
      .replace(/:$/, '')
      .split(',')
      .filter((part) => part !== '' && !/^(?:on|and)$/i.test(part)),
  );
  const services = names.map((name) => readService(name, catalog)).filter((service) => service !== null);
  if (names.length > 0 && services.length === names.length) return { words: words.slice(after + 1), services };
  const [first = '', second = ''] = words;
  const on = /^on$/i.test(first) ? readService(second, catalog) : null;
  return on === null ? { words, services: [] } : { words: words.slice(2), services: [on] };
}

/** The first word, or one after `on`: the sentence reads on with it. */
function mentionedServices(words: readonly string[], catalog: Policy): readonly ServiceName[] {
  return words
    .filter((_, index) => index === 0 || /^on$/i.test(words[index - 1] ?? ''))
    .map((word) => readService(word.replace(/[.!?]$/, ''), catalog))
    .filter((service) => service !== null);
}

function isOnlyServices(words: readonly string[], catalog: Policy): boolean {
  return words.every((word) => readService(word, catalog) !== null);
}

function unique(services: readonly ServiceName[]): readonly ServiceName[] {
  return [...new Set(services)];
}
