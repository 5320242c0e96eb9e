/** The certificates that SNS signs with: fetched once, kept while they are good, and never kept when they are not. */
import { type KeyObject, X509Certificate } from 'node:crypto';
import { Later } from '../failure.ts';
import type { Instant } from '../incident/incident.ts';
import { fetchFromSns } from './sns-fetch.ts';
import type { Topic } from './sns-topic.ts';

export type Certificate = { readonly key: KeyObject; readonly from: Instant; readonly until: Instant };

export type SnsCertificates = {
  /** `url` has passed `isCertificateUrl`. It may be one that is not valid at that time. @throws Later when there is none. */
  get(url: string, now: Instant): Promise<Certificate>;
};

/** A certificate of SNS has about 2 kB. */
const mostBytes = 10 * 1_024;

/** SNS has one for each region, and a new one every year or so. */
const mostKept = 50;

/** Whoever forges messages makes us fetch; this many at a time, not more. */
const mostFetches = 20;

const leastModulusBits = 2_048;

/**
 * Whether it is the address of a certificate of the topic's own region. Compared as text, since what two parsers read
 * differently could pass here and lead elsewhere; and to one host, since `sns.<anything>.amazonaws.com` may belong to
 * anybody: `sns.s3-us-west-2.amazonaws.com` is somebody's bucket.
 */
export function isCertificateUrl(url: string, topic: Topic): boolean {
  const start = `https://${topic.host}/SimpleNotificationService-`;
  return url.startsWith(start) && /^[0-9a-f]{32}\.pem$/.test(url.slice(start.length));
}

export function openSnsCertificates({ endpoint }: { readonly endpoint: string | null }): SnsCertificates {
  /** The one that was used longest ago first. */
  const kept = new Map<string, Certificate>();
  const underway = new Map<string, Promise<Certificate>>();

  const keep = (url: string, certificate: Certificate): void => {
    kept.delete(url);
    kept.set(url, certificate);
    if (kept.size <= mostKept) return;
    const [oldest] = kept.keys();
    if (oldest !== undefined) kept.delete(oldest);
  };

  const fetchOne = async (url: string, now: Instant): Promise<Certificate> => {
    try {
      const certificate = readCertificate(await fetchFromSns({ url, endpoint, mostBytes }));
      if (isValid(certificate, now)) keep(url, certificate);
      return certificate;
    } finally {
      underway.delete(url);
    }
  };

  return {
    get(url, now) {
      const known = kept.get(url);
      if (known !== undefined) {
        keep(url, known);
        return Promise.resolve(known);
      }
      const started = underway.get(url);
      if (started !== undefined) return started;
      if (underway.size >= mostFetches) {
        return Promise.reject(new Later(1_000, 'too many certificates are being fetched'));
      }
      const fetching = fetchOne(url, now);
      underway.set(url, fetching);
      return fetching;
    },
  };
}

export function isValid({ from, until }: Certificate, now: Instant): boolean {
  return from <= now && now <= until;
}

function readCertificate(pem: Buffer): Certificate {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(pem);
  } catch {
    throw new Later(10_000, 'SNS answers with something that is no certificate');
  }
  const { publicKey: key, validFromDate, validToDate } = certificate;
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (key.asymmetricKeyType !== 'rsa' || bits < leastModulusBits) {
    throw new Later(10_000, 'SNS answers with a certificate of another kind');
  }
  return { key, from: validFromDate.getTime(), until: validToDate.getTime() };
}
