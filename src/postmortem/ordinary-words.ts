/**
 * Given names that are also something else. A draft that turns "Mark all hosts as down" into "responder 2 all hosts as
 * down" has spoilt the record, so these are treated with care (see `typed-names.ts`). Lower case.
 */

/** Ordinary English words, months among them: a name only where nothing else makes sense. */
export const ordinaryWords: ReadonlySet<string> = new Set(
  `ace amber angel april art august autumn avery ben bill blue bob bond brand brook brooks buck bud case chance chase
  chip christian clay cliff cole colt cook cooper daisy dale dan dawn dean dick don drew duke earl easter eve faith fay
  fern finn flora ford forest forrest frank frost gale garth gene glen glory grace grant gray guy harmony harper
  harvest hazel heath heather holly honor hope hunter iris ivy jack jade jay jean jet jewel john joy june justice
  justin kay ken king kit lance lane lark laurel leaf lee lily link lord love lucky major marina mark marsh mason max
  may melody mercy merit mike miles miller min mike mini miss misty morgan new nick noble norm olive opal page parker
  pat patience pearl penny pepper peter pierce pip piper pope porter price prince prudence queen rain randy ray
  red reed reef rich rick river rob robin rock rod roger rose rowan rusty sage sailor sally sandy scott serene shade shell
  shepherd sky sol solo spike star stella sterling stone storm sue summer sunny tab temple terra theo tiger tim
  timber tod toll tom tony trace tracer tracy trinity troy ty van venture vic victor victory violet wade walker
  ward warren wave west whisper wick will willow win winter wolf woody zen`.split(/\s+/),
);

/** Products and places that stand in any incident record: never read as a person when they stand alone. */
export const productsAndPlaces: ReadonlySet<string> = new Set(
  `ada adobe alexa apache athena aurora austin basel berlin boston brooklyn cairo cairns caroline carolina cassandra
  chef chelsea claude clojure cloud cody crystal dallas dakota dart delta denver django docker dublin echo elixir elm
  everest flint florence flux gatsby genoa georgia gerrit grafana haskell helm houston hugo india indiana io jackson
  jasper jenkins jira jordan julia julius jupyter kafka kenya kiev kyoto laravel leo lima linus linux loki lincoln
  london lua lucene luna madison maven melbourne memphis mercury milan mimir mira montana nagios neo neptune nova oracle oregon
  orion oslo paris parisian pascal perl phoenix porto python qlik quinn redis roma rome ruby rust saturn sentinel
  siri sidney solaris sonar splunk swift sydney tempo terraform thor titan tyk vault vega venus verona victoria vienna
  virginia washington york zeus zuul`.split(/\s+/),
);
