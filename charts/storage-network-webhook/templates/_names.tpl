{{- /* Names are fixed: a cluster has one setting, so it has one webhook, whatever the release is called. */ -}}
{{- define "webhook.name" -}}storage-network-webhook{{- end }}

{{- define "webhook.registrar" -}}storage-network-webhook-registrar{{- end }}

{{- define "webhook.secret" -}}storage-network-webhook-tls{{- end }}

{{- define "webhook.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end }}

{{- /* Labels of every object. */ -}}
{{- define "webhook.labels" -}}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version | replace "+" "_" }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
{{- with .Values.extraLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "webhook.serverLabels" -}}
app.kubernetes.io/name: storage-network-webhook
app.kubernetes.io/component: server
{{- end }}

{{- define "webhook.registrarLabels" -}}
app.kubernetes.io/name: storage-network-webhook
app.kubernetes.io/component: registrar
{{- end }}

{{- define "webhook.hasClientCA" -}}
{{- if or .Values.clientCA.secret .Values.clientCA.configMap -}}true{{- end -}}
{{- end }}
