/**
 * The REST side of the edge: a fastify instance that never listens itself.
 *
 * Owns routing, parsing, validation and the shape of answers. Does not own the socket (edge/listener.ts) nor what is
 * true (the services).
 */
import websocket from '@fastify/websocket';
import { context } from '@opentelemetry/api';
import fastify, { type FastifyInstance } from 'fastify';
import type { Server } from 'node:http';
import type { Logger } from 'pino';
import { exchangeOf } from '../edge/exchange.ts';
import { errorAnswer, isDefect } from '../errors/error-body.ts';
import { BODY_LIMIT_BYTES, translateFastifyError } from './fastify-errors.ts';
import { routeNotFound } from '../errors/invalid-request.ts';
import { registerOpenApi } from './openapi.ts';
import { compileValidator } from './request-validation.ts';

/** What routes are added to. */
export type RestApp = FastifyInstance;

/** What the app needs. */
export interface RestAppOptions {
  /** Announces WebSocket upgrades. */
  readonly http1: Server;
  readonly logger: Logger;
  /** Adds every route. */
  readonly routes: (app: RestApp) => void;
}

const MAX_PARAM_CHARS = 512;
const MAX_WS_MESSAGE_BYTES = BODY_LIMIT_BYTES;

/** Makes the app; it answers through its `routing`. */
export async function createRestApp({ http1, logger, routes }: RestAppOptions): Promise<RestApp> {
  const app = fastify({
    serverFactory: () => http1,
    bodyLimit: BODY_LIMIT_BYTES,
    // A HEAD of a stream would be as long as the stream.
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: MAX_PARAM_CHARS, ignoreTrailingSlash: true },
    frameworkErrors: (error, request, reply) => void answerError(error, request, reply, logger),
  });
  app.setValidatorCompiler(compileValidator);
  // The engine's own is faster than compiled ones on what we answer, and hides no field that a schema forgot.
  app.setSerializerCompiler(() => JSON.stringify);
  app.removeContentTypeParser('text/plain');
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') return done(null, {});
    return parseJson(request, body as string, done);
  });
  app.addHook('onRequest', (request, _reply, done) => {
    exchangeOf(request.raw).matched(request.method, request.routeOptions.url ?? '');
    done();
  });
  // No body is an empty one; what a route cannot do without, its schema names.
  app.addHook('preValidation', (request, _reply, done) => {
    if (request.body === undefined && request.routeOptions.schema?.body !== undefined) request.body = {};
    done();
  });
  // Parsing a body leaves the context that the exchange began in.
  app.addHook('preHandler', (request, _reply, done) => context.with(exchangeOf(request.raw).context, done));
  app.setErrorHandler((error, request, reply) => answerError(error, request, reply, logger));
  app.setNotFoundHandler((request) => {
    throw routeNotFound(request.method, request.url.split('?', 1)[0] ?? '');
  });
  await app.register(websocket, { options: { maxPayload: MAX_WS_MESSAGE_BYTES }, preClose: (done) => done() });
  await registerOpenApi(app);
  await app.register(async (scope) => routes(scope));
  await app.ready();
  return app;
}

type Request = Parameters<Parameters<RestApp['setErrorHandler']>[0]>[1];
type Reply = Parameters<Parameters<RestApp['setErrorHandler']>[0]>[2];

function answerError(thrown: unknown, request: Request, reply: Reply, logger: Logger): Reply {
  const accepted = request.routeOptions.schema?.consumes ?? ['application/json'];
  const { bodyLimit } = request.routeOptions;
  const error = translateFastifyError(thrown, request.headers['content-type'], accepted, bodyLimit);
  const exchange = exchangeOf(request.raw);
  if (isDefect(error)) {
    context.with(exchange.context, () =>
      logger.error({ err: error, route: exchange.route }, 'a request failed unforeseen'),
    );
  }
  const { status, headers, body } = errorAnswer(error, exchange.traceId);
  return reply.status(status).headers(headers).type('application/json; charset=utf-8').send(body);
}
