import { policiesText, policyText } from '../../text-policy.ts';
import { describePolicy, listPolicies } from '../../wire-policy.ts';
import type { App, RestContext } from '../context.ts';
import { formatOf, sendText } from '../format.ts';
import { PoliciesSchema, PolicyDetailSchema } from '../reply-schemas.ts';
import { PolicyParams, PolicyQuery } from '../schemas.ts';

export function policyRoutes(app: App, { deps }: RestContext): void {
  app.get(
    '/v1/policies',
    {
      schema: { querystring: PolicyQuery },
      config: {
        doc: {
          id: 'listPolicies',
          summary: 'the policies loaded, with their options',
          replies: { 200: { description: 'All of them', json: PoliciesSchema, text: true } },
        },
      },
    },
    async (request, reply) => {
      const policies = listPolicies(deps.policies);
      return formatOf(request) === 'text'
        ? sendText(reply, policiesText(policies))
        : reply.send({ policies });
    },
  );

  app.get(
    '/v1/policies/:name',
    {
      schema: { params: PolicyParams, querystring: PolicyQuery },
      config: {
        doc: {
          id: 'getPolicy',
          summary: 'one policy, with its rules',
          replies: { 200: { description: 'The policy', json: PolicyDetailSchema, text: true } },
        },
      },
    },
    async (request, reply) => {
      const policy = describePolicy(deps.policies, request.params.name);
      return formatOf(request) === 'text' ? sendText(reply, policyText(policy)) : reply.send(policy);
    },
  );
}
