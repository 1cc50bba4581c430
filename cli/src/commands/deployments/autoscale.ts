import { create } from '@bufbuild/protobuf';
import { durationFromMs } from '@bufbuild/protobuf/wkt';
import { AutoscalePolicySchema, DeploymentSchema } from '@skein/contracts/registry';
import { connect } from '../../api/api.ts';
import type { CommandModule } from '../../command.ts';
import { scaleText } from '../../deployment/deployment-view.ts';
import { parseSpanMs, realNumber, wholeNumber } from '../../input/option-values.ts';
import { plainJson } from '../../output/plain-json.ts';

interface Options {
  readonly min?: number;
  readonly max?: number;
  readonly targetLoad?: number;
  readonly upThreshold?: number;
  readonly downThreshold?: number;
  readonly upAfter?: number;
  readonly downAfter?: number;
  readonly calls?: number;
  readonly idle?: number;
  readonly off?: boolean;
}

export const define: CommandModule['define'] = (command, invocation) => {
  command
    .argument('<deployment>', 'id of the deployment')
    .option('--min <count>', 'fewest instances; 0: none run while nobody calls; default: 2', wholeNumber(0, 1000))
    .option('--max <count>', 'most instances; default: 10', wholeNumber(1, 1000))
    .option('--target-load <share>', 'the load that each is to have; default: 0.7', realNumber(0, 1))
    .option('--up-threshold <share>', 'at this load there are to be more; default: 0.8', realNumber(0, 1))
    .option('--down-threshold <share>', 'at this load there may be fewer; default: 0.3', realNumber(0, 1))
    .option('--up-after <span>', 'how long more must have been wanted; default: 0s', parseSpanMs)
    .option('--down-after <span>', 'how long fewer must have been wanted; default: 5m', parseSpanMs)
    .option('--calls <count>', 'calls at a time that an instance is made for; default: 10', wholeNumber(1, 10_000))
    .option('--idle <span>', 'with --min 0: time without a call after which none run; default: 5m', parseSpanMs)
    .option('--off', 'the number of instances stays as it is')
    .addHelpText('after', '\nExample: skein deployments autoscale greeter --min 0 --max 10 --idle 10m');
  invocation.handle(command, async (session, deploymentId: string, options: Options) => {
    const { output } = session;
    const { deployments, namespace } = await connect(session);
    const autoscale = options.off === true ? {} : { autoscale: policyOf(options) };
    const { deployment } = await deployments.autoscaleDeployment({ namespace, deploymentId, ...autoscale });
    if (deployment === undefined) return;
    output.document(plainJson(DeploymentSchema, deployment));
    output.line(`${deploymentId}: ${scaleText(deployment)}`);
  });
};

function policyOf({ min, max, targetLoad, upThreshold, downThreshold, upAfter, downAfter, calls, idle }: Options) {
  return create(AutoscalePolicySchema, {
    ...(min === undefined ? {} : { minReplicas: min }),
    ...(max === undefined ? {} : { maxReplicas: max }),
    ...(targetLoad === undefined ? {} : { targetLoad }),
    ...(upThreshold === undefined ? {} : { scaleUpThreshold: upThreshold }),
    ...(downThreshold === undefined ? {} : { scaleDownThreshold: downThreshold }),
    ...(upAfter === undefined ? {} : { scaleUpStabilization: durationFromMs(upAfter) }),
    ...(downAfter === undefined ? {} : { scaleDownStabilization: durationFromMs(downAfter) }),
    ...(calls === undefined ? {} : { callsPerInstance: calls }),
    ...(idle === undefined ? {} : { idleTimeout: durationFromMs(idle) }),
  });
}
