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
helm.sh/chart: {{ printf "%s-%s" .Chart.Name (.Chart.Version | replace "+" "_") | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
{{- with include "webhook.map" .Values.extraLabels }}
{{ . }}
{{- end }}
{{- end }}

{{- /* A map as YAML, without the entries that are null: Helm removes a null only where it stands for a default of the chart.
Nothing is printed for a map without entries. */ -}}
{{- define "webhook.map" -}}
{{- $kept := dict -}}
{{- range $key, $value := . -}}
{{- if kindIs "map" $value -}}
{{- range $inner, $content := $value -}}
{{- if kindIs "invalid" $content -}}
{{- $value = omit $value $inner -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if $value -}}
{{- $_ := set $kept $key $value -}}
{{- else if kindIs "string" $value -}}
{{- $_ := set $kept $key $value -}}
{{- end -}}
{{- end -}}
{{- with $kept -}}
{{- toYaml . -}}
{{- end -}}
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
