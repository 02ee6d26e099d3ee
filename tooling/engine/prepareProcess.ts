import { makeTemporaryFolder } from '../../workspace/temporaryFolder';

/**
 * n8n-core reads its settings from the environment while it is being required, so this file has to be
 * the first import of every file that imports n8n-core. The user folder is a fresh one per process:
 * an n8n that is installed on the machine is neither read nor changed.
 */
process.env.N8N_USER_FOLDER = makeTemporaryFolder('lakehouse-engine');
process.env.N8N_ENCRYPTION_KEY = 'lakehouse-engine';
process.env.N8N_DEFAULT_BINARY_DATA_MODE = 'filesystem';
process.env.N8N_LOG_LEVEL ??= 'silent';
