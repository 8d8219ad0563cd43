// Checks manifests against Kubernetes' published schemas: node validate.js FILE…
//
// NODE_PATH must lead to the packages of package.json. Fields that the schema does not know are errors, too.
'use strict';
const fs = require('fs');
const yaml = require('yaml');

const groups = {
  'monitoring.coreos.com': '@kubernetes-models/prometheus-operator/monitoring.coreos.com',
  '': 'kubernetes-models',
  apps: 'kubernetes-models/apps',
  policy: 'kubernetes-models/policy',
  'networking.k8s.io': 'kubernetes-models/networking.k8s.io',
};

function modelOf(document) {
  const parts = document.apiVersion.split('/');
  const [group, version] = parts.length === 1 ? ['', parts[0]] : parts;
  const model = require(`${groups[group]}/${version}/${document.kind}`)[document.kind];
  if (model === undefined) throw new Error(`no schema for ${document.apiVersion} ${document.kind}`);
  return model;
}

// The compiled schemas ignore fields that they do not know: what they have not read is one.
function watched(value, path, read) {
  if (value === null || typeof value !== 'object') return value;
  return new Proxy(value, {
    get(target, key) {
      if (typeof key === 'symbol' || !Object.hasOwn(target, key)) return target[key];
      read.add(`${path}.${key}`);
      return watched(target[key], `${path}.${key}`, read);
    },
  });
}

function unread(value, path, read) {
  if (value === null || typeof value !== 'object') return [];
  return Object.keys(value).flatMap((key) =>
    read.has(`${path}.${key}`) ? unread(value[key], `${path}.${key}`, read) : [`${path}.${key}`]);
}

let count = 0;
for (const file of process.argv.slice(2)) {
  for (const parsed of yaml.parseAllDocuments(fs.readFileSync(file, 'utf8'), { uniqueKeys: true })) {
    if (parsed.errors.length > 0) throw new Error(`${file}: ${parsed.errors[0].message}`);
    const document = parsed.toJS();
    if (document === null) continue;
    try {
      const Model = modelOf(document);
      const read = new Set();
      // Not by the constructor, which reads everything to copy it.
      const model = Object.create(Model.prototype);
      for (const [key, value] of Object.entries(document)) model[key] = watched(value, key, read);
      model.validate();
      const unknown = Object.keys(document).flatMap((key) => unread(document[key], key, read));
      if (unknown.length > 0) throw new Error(`unknown fields: ${unknown.join(', ')}`);
    } catch (error) {
      console.error(`${file}: ${document.kind} ${document.metadata && document.metadata.name}: ${error.message}`);
      process.exitCode = 1;
    }
    count++;
  }
}
console.log(`${count} documents`);
