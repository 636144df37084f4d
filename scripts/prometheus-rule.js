// deploy/prometheus/rules.yaml as a PrometheusRule, for the component of that name: node scripts/prometheus-rule.js
import { readFileSync, writeFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';

const { groups } = parse(readFileSync('deploy/prometheus/rules.yaml', 'utf8'));
const rule = {
  apiVersion: 'monitoring.coreos.com/v1',
  kind: 'PrometheusRule',
  metadata: {
    name: 'checkpointable',
    namespace: 'checkpointable',
    labels: { 'app.kubernetes.io/name': 'checkpointable' },
  },
  spec: { groups },
};
writeFileSync(
  'deploy/kubernetes/components/prometheus-rule/prometheus-rule.yaml',
  `# Made of deploy/prometheus/rules.yaml by scripts/prometheus-rule.js\n${stringify(rule, { lineWidth: 110 })}`,
);
