import { ApprovalSchema, ApprovalState, ApprovalStateSchema, type Approval } from '@skein/contracts/scheduler';
import { valueOfJson } from '@skein/events';
import { enumWords } from '../../presentation/enum-word.ts';
import { ref } from '../../presentation/message-schema.ts';
import { present } from '../../presentation/present.ts';
import { callOptions } from '../../upstream/call-options.ts';
import type { Clients } from '../../upstream/clients.ts';
import type { RestApp } from '../rest-app.ts';
import { answers, fields, pageOf, pageQuery, pageSchema, pathParams, query } from '../route-schema.ts';
import type { NamespaceQuery, PageQuery } from '../route-schema.ts';

interface ApprovalParams {
  readonly run_id: string;
  readonly node_id: string;
}

interface ListQuery extends PageQuery {
  readonly state?: readonly Exclude<keyof typeof ApprovalState, 'UNSPECIFIED'>[];
  readonly approver?: string;
  readonly run_id?: string;
}

interface DecisionBody {
  readonly decided_by: string;
  readonly groups?: readonly string[];
  readonly comment?: string;
  readonly form?: Parameters<typeof valueOfJson>[0];
}

const PARAMS = pathParams({ run_id: 'The run, a UUID.', node_id: 'The node that asks.' });
const DECISION = fields(
  {
    decided_by: { type: 'string', minLength: 1, maxLength: 256, description: 'Who decides.' },
    groups: {
      type: 'array',
      items: { type: 'string' },
      maxItems: 100,
      description: 'Groups that this person is in, without `group:` before.',
    },
    comment: { type: 'string', maxLength: 4096, description: 'Why, for people.' },
    form: { description: 'The form, as `form_schema` asks for it. Default: null.' },
  },
  ['decided_by'],
);
const VERDICTS = [
  { word: 'approve', approved: true, example: { decided_by: 'ada', comment: 'well written' } },
  { word: 'reject', approved: false, example: { decided_by: 'ada', comment: 'the second figure is wrong' } },
] as const;

/** `GET /api/v1/approvals`, and one of them: `GET …/:run_id/:node_id`, `POST …/approve` and `…/reject`. */
export function approvalRoutes(app: RestApp, { approvals }: Clients): void {
  app.route<{ Querystring: ListQuery }>({
    method: 'GET',
    url: '/api/v1/approvals',
    schema: {
      operationId: 'listApprovals',
      tags: ['approvals'],
      summary: 'List what runs wait for people to decide',
      description: 'Open ones first, by the time they expire; then the others, newest first.',
      querystring: pageQuery({
        state: {
          type: 'array',
          items: { type: 'string', enum: enumWords(ApprovalStateSchema) },
          description: 'Only in these states. Default: open ones.',
        },
        approver: { type: 'string', description: 'Only those that this person, or `group:NAME`, may decide.' },
        run_id: { type: 'string', description: 'Only of this run.' },
      }),
      response: answers({ 200: pageSchema('approvals', 'Approval', 'A page of approvals, without form schemas.') }),
    },
    async handler(request) {
      const { namespace = '', state = [], approver = '', run_id: runId = '' } = request.query;
      const { page_size: pageSize = 0, page_token: pageToken = '' } = request.query;
      const filter = { states: state.map((word) => ApprovalState[word]), approver, runId };
      const page = { namespace, ...filter, pageSize, pageToken };
      const listed = await approvals.listApprovals(page, callOptions(request));
      return pageOf(
        'approvals',
        listed.approvals.map((approval) => present(ApprovalSchema, approval)),
        listed.nextPageToken,
      );
    },
  });

  app.route<{ Params: ApprovalParams; Querystring: NamespaceQuery }>({
    method: 'GET',
    url: '/api/v1/approvals/:run_id/:node_id',
    schema: {
      operationId: 'getApproval',
      tags: ['approvals'],
      summary: 'Get an approval with its form',
      params: PARAMS,
      querystring: query(),
      response: answers({ 200: { ...ref('Approval'), description: 'The approval, decided or not.' } }),
    },
    async handler(request) {
      const { run_id: runId, node_id: nodeId } = request.params;
      const { namespace = '' } = request.query;
      const { approval } = await approvals.getApproval({ namespace, runId, nodeId }, callOptions(request));
      return shown(approval);
    },
  });

  for (const { word, approved, example } of VERDICTS) {
    app.route<{ Params: ApprovalParams; Querystring: NamespaceQuery; Body: DecisionBody }>({
      method: 'POST',
      url: `/api/v1/approvals/:run_id/:node_id/${word}`,
      schema: {
        operationId: word,
        tags: ['approvals'],
        summary: approved ? 'Approve what a run asks for' : 'Reject what a run asks for',
        description: 'Once answered, the decision is durable. The same one by the same person again changes nothing.',
        params: PARAMS,
        querystring: query(),
        body: { ...DECISION, examples: [example] },
        response: answers({ 200: { ...ref('Approval'), description: 'The approval, decided.' } }),
      },
      async handler(request) {
        const { run_id: runId, node_id: nodeId } = request.params;
        const { namespace = '' } = request.query;
        const { decided_by: decidedBy, groups = [], comment = '', form } = request.body;
        const decision = { namespace, runId, nodeId, approved, decidedBy, groups: [...groups], comment };
        const filledIn = form === undefined ? decision : { ...decision, form: valueOfJson(form) };
        const { approval } = await approvals.decideApproval(filledIn, callOptions(request));
        return shown(approval);
      },
    });
  }
}

function shown(approval: Approval | undefined): object {
  if (approval === undefined) throw new Error('the scheduler answered without the approval');
  return present(ApprovalSchema, approval);
}
