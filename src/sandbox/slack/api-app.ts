/** api.test, auth.test, apps.connections.open. */
import type { web } from './answer.ts';
import { textOf } from './arguments.ts';
import { Refusal } from './refusal.ts';
import type { Method } from './method.ts';

export const testApi: Method<web.ApiTestResponse> = {
  token: 'none',
  scopes: [],
  isWrite: false,
  run(_world, call) {
    const error = textOf(call, 'error');
    if (error !== undefined) throw new Refusal(error, { args: call });
    return { ok: true, args: call };
  },
};

export const testAuth: Method<web.AuthTestResponse> = {
  token: 'bot',
  scopes: [],
  isWrite: false,
  run: (world) => ({
    ok: true,
    url: `${world.site()}/`,
    team: world.store.team.name,
    user: world.store.app.botName,
    team_id: world.store.team.id,
    user_id: world.store.app.botUserId,
    bot_id: world.store.app.botId,
    is_enterprise_install: false,
  }),
};

export const openConnection: Method<web.AppsConnectionsOpenResponse> = {
  token: 'app',
  scopes: [],
  isWrite: false,
  run: (world) => ({ ok: true, url: world.socketUrl() }),
};
