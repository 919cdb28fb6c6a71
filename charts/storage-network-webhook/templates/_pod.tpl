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
image: {{ include "webhook.image" . | quote }}
{{- with .Values.image.pullPolicy }}
imagePullPolicy: {{ . | quote }}
{{- end }}
{{- end }}

{{- define "webhook.scheduling" -}}
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
{{ toYaml . }}
{{- end }}
{{- with include "webhook.map" .Values.nodeSelector }}
nodeSelector:
{{ . | indent 2 }}
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

{{- /* The flags by which the registrar finds the objects. */ -}}
{{- define "webhook.registrationArgs" -}}
- --namespace={{ .Release.Namespace }}
- --secret={{ include "webhook.secret" . }}
- --service={{ include "webhook.name" . }}
- --configuration={{ include "webhook.name" . }}
- --cluster-role={{ include "webhook.registrar" . }}
- --certificates={{ if eq .Values.certificates.issuer "self" }}self{{ else }}external{{ end }}
{{- end }}

{{- /* What the pod of `helm test` may do; it is there before the pod, and only during the test. */ -}}
{{- define "webhook.testAccess" -}}
helm.sh/hook: test
helm.sh/hook-weight: "-1"
helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded,hook-failed
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
