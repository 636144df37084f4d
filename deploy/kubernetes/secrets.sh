#!/bin/sh
# secrets.sh DIR: what the DaemonSet's Secrets hold: a certificate authority of its own, a certificate for the agents, and
# two tokens, a viewer's (Prometheus: verdicts and metrics) and an auditor's (files and peers too). Prints how to make
# the Secrets of them. Who has cert-manager lets it make checkpointable-tls.
set -eu
umask 077
dir=${1:?usage: secrets.sh DIR}
mkdir -p "$dir"
cd "$dir"
key() { openssl ecparam -name prime256v1 -genkey -noout -out "$1"; }

key ca.key
openssl req -x509 -new -key ca.key -days 3650 -subj /CN=checkpointable-ca -out ca.crt
key tls.key
openssl req -new -key tls.key -subj /CN=checkpointable -out tls.csr
echo 'subjectAltName=DNS:checkpointable.checkpointable.svc,DNS:localhost,IP:127.0.0.1' >tls.ext
openssl x509 -req -in tls.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 365 -extfile tls.ext -out tls.crt 2>/dev/null
# the bare token of ServiceMonitor: no line end
printf %s "$(openssl rand -hex 32)" >viewer
printf %s "$(openssl rand -hex 32)" >auditor
printf 'viewer %s\nauditor %s\n' "$(cat viewer)" "$(cat auditor)" >tokens
rm -f tls.csr tls.ext ca.srl

cat <<END
kubectl create namespace checkpointable --dry-run=client -o yaml | kubectl apply -f -
kubectl -n checkpointable create secret generic checkpointable-tls --type=kubernetes.io/tls \\
  --from-file=tls.crt=$PWD/tls.crt --from-file=tls.key=$PWD/tls.key --from-file=ca.crt=$PWD/ca.crt
kubectl -n checkpointable create secret generic checkpointable-tokens --from-file=tokens=$PWD/tokens
kubectl -n checkpointable create secret generic checkpointable-scrape --from-file=token=$PWD/viewer
END
