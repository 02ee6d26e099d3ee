// n8n reads the node and credential lists of package.json and never this file; it exists so that `main` resolves.
