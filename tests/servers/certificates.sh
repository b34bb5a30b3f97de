#!/usr/bin/env bash
# Makes an authority of one's own and a server's certificate by it, for localhost and 127.0.0.1.
#
#   certificates.sh FOLDER              leaves there ca.pem, server.pem, server.key
set -euo pipefail
mkdir -p "$1"
cd "$1"

cat >certificates.conf <<END
[req]
distinguished_name = name
prompt = no
[name]
CN = Tests of Axum Users
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[server]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = DNS:localhost, IP:127.0.0.1
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
END

umask 077
for owner in ca server; do
    openssl ecparam -name prime256v1 -genkey -noout | openssl pkcs8 -topk8 -nocrypt -out $owner.key
done
openssl req -config certificates.conf -new -x509 -days 30 -key ca.key -extensions authority -out ca.pem
openssl req -config certificates.conf -new -key server.key -subj /CN=localhost -out server.csr
openssl x509 -req -days 30 -in server.csr -CA ca.pem -CAkey ca.key -set_serial "0x$(openssl rand -hex 8)" \
    -extfile certificates.conf -extensions server -out server.pem 2>/dev/null
# What nobody needs any more: nothing else is ever signed.
rm ca.key server.csr certificates.conf
chmod 644 ca.pem server.pem
