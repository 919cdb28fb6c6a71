{{- /* What the pods of both Deployments and of the test have in common. */ -}}
{{- define "webhook.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
{{- end }}

{{- define "webhook.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{- define "webhook.containerImage" -}}
image: {{ include "webhook.image" . }}
{{- with .Values.image.pullPolicy }}
imagePullPolicy: {{ . }}
{{- end }}
{{- end }}

{{- define "webhook.scheduling" -}}
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
{{ toYaml . }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector:
{{ toYaml . | indent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity:
{{ toYaml . | indent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
{{ toYaml . }}
{{- end }}
{{- end }}

{{- /* The flags by which the registrar and its test find the objects. */ -}}
{{- define "webhook.registrationArgs" -}}
- --namespace={{ .Release.Namespace }}
- --secret={{ include "webhook.secret" . }}
- --service={{ include "webhook.name" . }}
- --configuration={{ include "webhook.name" . }}
- --cluster-role={{ include "webhook.registrar" . }}
- --certificates={{ if eq .Values.certificates.issuer "self" }}self{{ else }}external{{ end }}
{{- end }}

{{- /* Arguments: the root and the path. */ -}}
{{- define "webhook.probe" -}}
{{- $root := index . 0 -}}
{{- if include "webhook.hasClientCA" $root -}}
tcpSocket: {port: https}
{{- else -}}
httpGet: {scheme: HTTPS, port: https, path: {{ index . 1 }}}
{{- end -}}
{{- end }}
