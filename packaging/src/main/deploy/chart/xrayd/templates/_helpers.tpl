{{- define "xrayd.name" -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- end }}

{{- define "xrayd.selector" -}}
app.kubernetes.io/name: xrayd
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "xrayd.labels" -}}
{{ include "xrayd.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "xrayd.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- .Values.serviceAccount.name | default (include "xrayd.name" .) -}}
{{- else -}}
{{- .Values.serviceAccount.name | default "default" -}}
{{- end -}}
{{- end }}

{{- /* The memory limit in MB, after it was compared with what the daemon needs. */ -}}
{{- define "xrayd.limitMB" -}}
{{- $limit := 0 -}}
{{- if hasSuffix "Mi" .Values.memory.limit -}}
{{- $limit = .Values.memory.limit | trimSuffix "Mi" | int -}}
{{- else if hasSuffix "Gi" .Values.memory.limit -}}
{{- $limit = mul (.Values.memory.limit | trimSuffix "Gi" | int) 1024 -}}
{{- else -}}
{{- fail (printf "memory.limit is %q; give whole Mi or Gi, as 256Mi" .Values.memory.limit) -}}
{{- end -}}
{{- $jvm := ternary 44 120 (le (int $limit) 192) -}}
{{- $need := add $jvm (int .Values.memory.bufferMB) (ternary 8 0 (gt (int .Values.spool.sizeMB) 0)) -}}
{{- if gt (int $need) (int $limit) -}}
{{- fail (printf "memory.bufferMB %d does not fit: with the JVM the daemon needs up to %d MB of the %d MB that memory.limit allows" (int .Values.memory.bufferMB) (int $need) (int $limit)) -}}
{{- end -}}
{{- $limit -}}
{{- end }}

{{- /* The daemon's container. Other charts may include it, too. */ -}}
{{- define "xrayd.container" -}}
{{- $checked := include "xrayd.limitMB" . -}}
name: xrayd
image: "{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}"
imagePullPolicy: {{ .Values.image.pullPolicy }}
command: [/usr/bin/xray]
args:
  - --bind
  - "{{ ternary "127.0.0.1" "0.0.0.0" (eq .Values.mode "sidecar") }}:{{ .Values.ports.udp }}"
  - --bind-tcp
  - "0.0.0.0:{{ .Values.ports.tcp }}"
  - --buffer-memory
  - {{ .Values.memory.bufferMB | quote }}
  {{- if ne .Values.mode "sidecar" }}
  - --linger
  - {{ .Values.linger | quote }}
  {{- end }}
  {{- with .Values.args }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- $spool := gt (int .Values.spool.sizeMB) 0 }}
{{- if or .Values.region $spool .Values.env }}
env:
  {{- if .Values.region }}
  - name: AWS_REGION
    value: {{ .Values.region | quote }}
  {{- end }}
  {{- if $spool }}
  - name: XRAY_SPOOL_DIR
    value: /var/lib/xray
  - name: XRAY_SPOOL_LIMIT
    value: {{ max 1 (sub (int .Values.spool.sizeMB) 32) | quote }}
  {{- end }}
  {{- with .Values.env }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}
ports:
  - name: udp
    containerPort: {{ .Values.ports.udp }}
    protocol: UDP
    {{- if and (eq .Values.mode "daemonset") .Values.daemonset.hostPort }}
    hostPort: {{ .Values.ports.udp }}
    {{- end }}
  - name: tcp
    containerPort: {{ .Values.ports.tcp }}
    protocol: TCP
    {{- if and (eq .Values.mode "daemonset") .Values.daemonset.hostPort }}
    hostPort: {{ .Values.ports.tcp }}
    {{- end }}
startupProbe:
  httpGet: {path: /healthz, port: tcp}
  periodSeconds: 1
  failureThreshold: 60
livenessProbe:
  httpGet: {path: /healthz, port: tcp}
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
readinessProbe:
  httpGet: {path: /readyz, port: tcp}
  periodSeconds: 10
  timeoutSeconds: 5
resources:
  requests:
    cpu: {{ .Values.cpu.request }}
    memory: {{ .Values.memory.limit }}
  limits:
    memory: {{ .Values.memory.limit }}
    {{- if .Values.cpu.limit }}
    cpu: {{ .Values.cpu.limit }}
    {{- end }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  runAsNonRoot: true
  runAsUser: 65532
  runAsGroup: 65532
  seccompProfile:
    type: RuntimeDefault
  capabilities:
    drop: [ALL]
volumeMounts:
  - name: config
    mountPath: /etc/amazon/xray
    readOnly: true
  {{- if gt (int .Values.spool.sizeMB) 0 }}
  - name: spool
    mountPath: /var/lib/xray
  {{- end }}
{{- end }}

{{- define "xrayd.volumes" -}}
- name: config
  configMap:
    name: {{ include "xrayd.name" . }}
{{- if gt (int .Values.spool.sizeMB) 0 }}
- name: spool
  emptyDir:
    sizeLimit: {{ .Values.spool.sizeMB }}Mi
{{- end }}
{{- end }}

{{- /* Everything of the pod that is not a container. */ -}}
{{- define "xrayd.pod" -}}
serviceAccountName: {{ include "xrayd.serviceAccount" . }}
terminationGracePeriodSeconds: {{ .Values.terminationGracePeriodSeconds }}
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- if and (gt (int .Values.spool.sizeMB) 0) (ne .Values.mode "sidecar") }}
securityContext:
  fsGroup: 65532
{{- end }}
volumes:
  {{- include "xrayd.volumes" . | nindent 2 }}
{{- end }}

{{- define "xrayd.podMetadata" -}}
metadata:
  labels:
    {{- include "xrayd.labels" . | nindent 4 }}
    {{- with .Values.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  annotations:
    # A changed configuration starts new pods.
    checksum/config: {{ toYaml .Values.config | sha256sum }}
    {{- with .Values.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end }}
