/** Times as a person reads them, each in a zone of its own. */
const format = (options, timeZone, at) => new Intl.DateTimeFormat('en-GB', { timeZone, ...options }).format(at);

/** `14:03`. @param {number} at epoch milliseconds */
export function clockTime(at, timeZone) {
  return format({ hour: '2-digit', minute: '2-digit' }, timeZone, at);
}

/** `Today`, `Yesterday`, or the day written out. */
export function dayName(at, timeZone, now, options = { weekday: 'long', day: 'numeric', month: 'long' }) {
  const day = (instant) => format({ dateStyle: 'short' }, timeZone, instant);
  if (day(at) === day(now)) return 'Today';
  if (day(at) === day(now - 86_400_000)) return 'Yesterday';
  if (day(at) === day(now + 86_400_000)) return 'Tomorrow';
  return format(options, timeZone, at);
}

/** `Lisbon` of `Europe/Lisbon`. */
export function cityOf(timeZone) {
  return timeZone.split('/').at(-1).replaceAll('_', ' ');
}

/** A guess by the clock on the wall: between eleven and seven people sleep. */
export function isAsleep(timeZone, now) {
  const hour = Number(format({ hour: '2-digit', hourCycle: 'h23' }, timeZone, now));
  return hour < 7 || hour >= 23;
}

/** `2 min ago`, `in 3 h`. */
function ago(at, now) {
  const minutes = Math.round(Math.abs(now - at) / 60_000);
  const words =
    minutes < 60
      ? `${minutes} min`
      : minutes < 2880
        ? `${Math.round(minutes / 60)} h`
        : `${Math.round(minutes / 1440)} days`;
  return at > now ? `in ${words}` : `${words} ago`;
}

const forms = {
  date: { day: 'numeric', month: 'long', year: 'numeric' },
  date_num: { year: 'numeric', month: '2-digit', day: '2-digit' },
  date_slash: { year: 'numeric', month: '2-digit', day: '2-digit' },
  date_short: { day: 'numeric', month: 'short', year: 'numeric' },
  date_long: { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' },
  day_divider: { weekday: 'long', day: 'numeric', month: 'long' },
  time: { hour: '2-digit', minute: '2-digit' },
  time_secs: { hour: '2-digit', minute: '2-digit', second: '2-digit' },
};

function inSentence(day) {
  return day.replace(/^(?:Today|Yesterday|Tomorrow)$/, (word) => word.toLowerCase());
}

/** Slack's `{date_short_pretty} {time}`, filled in. */
export function fillDate(pattern, at, timeZone, now) {
  return pattern.replace(/\{(\w+?)(_pretty)?\}/g, (all, name, pretty) => {
    if (name === 'ago') return ago(at, now);
    if (forms[name] === undefined) return all;
    return pretty ? inSentence(dayName(at, timeZone, now, forms[name])) : format(forms[name], timeZone, at);
  });
}

/** The sandbox's clock, for the header: `21 Nov 2026, 00:23:51`. */
export function fullTime(at, timeZone) {
  return format({ dateStyle: 'medium', timeStyle: 'medium' }, timeZone, at);
}
