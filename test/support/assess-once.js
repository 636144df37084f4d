// Judges processes once each, in a process (and with a user) of its own: node assess-once.js '{"pids": [1]}'
import { createLocalAssess } from '../dist/server/local.js';

const { pids } = JSON.parse(process.argv[2] ?? '{}');
const { assess, nativeMissing } = createLocalAssess({
  procRoot: '/proc',
  policyFolders: [],
  defaultPolicy: 'cr-check-file',
  detectedVersions: {},
});
const answers = pids.map((pid) => {
  try {
    return { report: assess({ target: { type: 'process', pid }, options: [], show: 'all' }) };
  } catch (error) {
    return { code: error.code, message: error.message };
  }
});
process.stdout.write(JSON.stringify({ answers, nativeMissing, uid: process.getuid() }));
