// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// generateSessionAccessKey creates a session for an RSA key pair. The request is signed
// with the pair instead of a key (observed, in the vendor's SDK; Japan site only).
var generateSessionAccessKey = operation{product: stsProduct, action: "GenerateSessionAccessKey", repeat: read, pace: session, unsigned: true}

// keyPairRegion is the region that issues sessions for RSA key pairs (observed, in the
// vendor's SDK).
const keyPairRegion = "ap-northeast-1"

// rsaKeyPair is a key pair of the root account or of a user.
type rsaKeyPair struct {
	name     string
	private  *rsa.PrivateKey
	duration time.Duration
	sts      stsPlace
}

func (p profile) keyPair() (*rsaKeyPair, error) {
	switch {
	case p.KeyPairName == "":
		return nil, p.missingField("key_pair_name")
	case p.PrivateKey == "":
		return nil, p.missingField("private_key")
	}
	private := parsePrivateKey(p.PrivateKey)
	if private == nil {
		return nil, problemf("the `private_key` of the profile %q is not an RSA key in PEM or Base64.", p.Name)
	}
	place, err := p.sts()
	if err != nil {
		return nil, err
	}
	if place.region == "" {
		place.region = keyPairRegion
	}
	return &rsaKeyPair{name: p.KeyPairName, private: private, duration: time.Duration(p.ExpiredSeconds) * time.Second, sts: place}, nil
}

// parsePrivateKey parses a private key in PKCS #8 or PKCS #1, in PEM or plain Base64. It
// returns nil for other input.
func parsePrivateKey(text string) *rsa.PrivateKey {
	var data []byte
	if block, _ := pem.Decode([]byte(text)); block != nil {
		data = block.Bytes
	} else if plain, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), "")); err == nil {
		data = plain
	}
	if parsed, err := x509.ParsePKCS8PrivateKey(data); err == nil {
		private, _ := parsed.(*rsa.PrivateKey)
		return private
	}
	private, err := x509.ParsePKCS1PrivateKey(data)
	if err != nil {
		return nil
	}
	return private
}

type sessionKeyResponse struct {
	SessionAccessKey struct {
		SessionAccessKeyID     text `json:"SessionAccessKeyId"`
		SessionAccessKeySecret secret
		Expiration             text
	}
}

func (a *sessionKeyResponse) missing() string {
	if a.SessionAccessKey.SessionAccessKeyID == "" || a.SessionAccessKey.SessionAccessKeySecret == "" {
		return "SessionAccessKey"
	}
	return ""
}

// credentials returns credentials that request sessions with the key pair.
func (k *rsaKeyPair) credentials(source CredentialSource, config Config) (Credentials, error) {
	client, err := stsClient(noKey{}, config, k.sts)
	if err != nil {
		return nil, err
	}
	client.keyPair = k
	life := k.duration
	if life == 0 {
		life = defaultSession
	}
	return &renewable{now: client.Now, fetch: func(ctx context.Context, _ bool) (lease, error) {
		in := params{"PublicKeyId": k.name, "DurationSeconds": strconv.FormatInt(int64(life/time.Second), 10)}
		var response sessionKeyResponse
		if err := client.call(ctx, generateSessionAccessKey, in, &response); err != nil {
			return lease{}, &CredentialSourceError{
				Source: source, Attempted: "create a session of the RSA key pair", Err: err,
				Remedy: "Check the name of the key pair, and that its private key is the one of the profile.",
			}
		}
		fields := response.SessionAccessKey
		key := Key{ID: string(fields.SessionAccessKeyID), Secret: string(fields.SessionAccessKeySecret)}
		return newLease(key, client.Now(), life), nil
	}}, nil
}

// sign adds the signature of the key pair to a form: signature version 1 with RSA
// (observed, in the vendor's SDK).
func (k *rsaKeyPair) sign(form url.Values) error {
	form.Set("AccessKeyId", k.name)
	form.Set("SignatureMethod", "SHA256withRSA")
	form.Set("SignatureType", "PRIVATEKEY")
	form.Set("SignatureVersion", "1.0")
	var pairs []string
	for _, name := range slices.Sorted(maps.Keys(form)) {
		pairs = append(pairs, percentEncode(name)+"="+percentEncode(form.Get(name)))
	}
	toSign := http.MethodPost + "&%2F&" + percentEncode(strings.Join(pairs, "&"))
	sum := sha256.Sum256([]byte(toSign))
	signature, err := rsa.SignPKCS1v15(rand.Reader, k.private, crypto.SHA256, sum[:])
	if err != nil {
		return err
	}
	form.Set("Signature", base64.StdEncoding.EncodeToString(signature))
	return nil
}
