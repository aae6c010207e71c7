// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/packet"

	"github.com/ram-security/terraform-provider-ram/internal/acctest"
	"github.com/ram-security/terraform-provider-ram/internal/pgp"
	"github.com/ram-security/terraform-provider-ram/internal/ramtest"
)

const (
	decryptedSecret = "ram_decrypted_secret"
	secretText      = "canary-secret-of-an-access-key-0123"
	lockedWith      = "correct-horse-battery"
)

// encryptedFor encrypts a text as the resources do.
func encryptedFor(t *testing.T, entity *openpgp.Entity, text string) string {
	t.Helper()
	to, err := pgp.CheckKey(publicKey(t, entity), time.Now())
	must(t, err)
	ciphertext, err := to.Encrypt(text)
	must(t, err)
	return ciphertext
}

// privateKey is the private half as people paste it.
func privateKey(t *testing.T, entity *openpgp.Entity) string {
	t.Helper()
	return armoured(t, openpgp.PrivateKeyType, private(t, entity))
}

// lockedPair creates a key pair whose private half has a passphrase. The messages for it are encrypted first.
func lockedPair(t *testing.T) (key, ciphertext string) {
	t.Helper()
	entity := pgpPair(t, nil)
	ciphertext = encryptedFor(t, entity, secretText)
	must(t, entity.EncryptPrivateKeys([]byte(lockedWith), nil))
	return privateKey(t, entity), ciphertext
}

// message makes a PGP message in another way than the resources do.
func message(t *testing.T, write func(out *bytes.Buffer)) string {
	t.Helper()
	var out bytes.Buffer
	write(&out)
	return base64.StdEncoding.EncodeToString(out.Bytes())
}

func TestDecryptedSecret_decryptsTheSecretsOfTheResources(t *testing.T) {
	t.Parallel()
	c := newCore(t, ramtest.New(t).Getenv)
	for name, config := range map[string]*packet.Config{
		"Curve25519": {Algorithm: packet.PubKeyAlgoEdDSA},
		"RSA":        {Algorithm: packet.PubKeyAlgoRSA, RSABits: 2048},
		"NIST P-256": {Algorithm: packet.PubKeyAlgoECDSA, Curve: packet.CurveNistP256},
	} {
		entity, other := pgpPair(t, config), pgpPair(t, nil)
		ciphertext, key := encryptedFor(t, entity, secretText), private(t, entity)
		binary, err := base64.StdEncoding.DecodeString(ciphertext)
		must(t, err)
		encoded := base64.StdEncoding.EncodeToString(key)
		for form, one := range map[string]struct{ ciphertext, key string }{
			"armour":                {ciphertext, privateKey(t, entity)},
			"blanks around":         {"\n " + ciphertext + "\n", "\n\n" + privateKey(t, entity) + "\n"},
			"Base64":                {ciphertext, encoded},
			"Base64 in lines":       {ciphertext[:40] + "\n" + ciphertext[40:], encoded[:64] + "\n" + encoded[64:]},
			"armour in Base64":      {ciphertext, base64.StdEncoding.EncodeToString([]byte(privateKey(t, entity)))},
			"message in armour":     {armoured(t, "PGP MESSAGE", binary), encoded},
			"several keys":          {ciphertext, base64.StdEncoding.EncodeToString(append(private(t, other), key...))},
			"behind a public key":   {ciphertext, base64.StdEncoding.EncodeToString(append(public(t, other), key...))},
			"a needless passphrase": {ciphertext, encoded},
		} {
			v, diags := c.Open(decryptedSecret, attributes{"encrypted_secret": one.ciphertext, "private_key": one.key, "passphrase": lockedWith})
			if len(diags) > 0 {
				t.Errorf("%s, %s: %s", name, form, acctest.Messages(diags))
				continue
			}
			expect(t, name+", "+form, in(t, v, "secret"), secretText)
		}
	}
	key, ciphertext := lockedPair(t)
	v, diags := c.Open(decryptedSecret, attributes{"encrypted_secret": ciphertext, "private_key": key, "passphrase": lockedWith})
	expect(t, "what was said", acctest.Messages(diags), "")
	expect(t, "secret", in(t, v, "secret"), secretText)
}

// A key that has expired or was revoked still decrypts what was encrypted for it.
func TestDecryptedSecret_decryptsWithExpiredAndRevokedKeys(t *testing.T) {
	t.Parallel()
	yearAgo := time.Now().AddDate(-1, 0, 0)
	entity := pgpPair(t, &packet.Config{Algorithm: packet.PubKeyAlgoEdDSA, KeyLifetimeSecs: 3600, Time: func() time.Time { return yearAgo }})
	to, err := pgp.CheckKey(publicKey(t, entity), yearAgo.Add(time.Minute))
	must(t, err)
	ciphertext, err := to.Encrypt(secretText)
	must(t, err)
	must(t, entity.RevokeKey(packet.NoReason, "", nil))
	decryptedText, err := pgp.Decrypt(ciphertext, privateKey(t, entity), "")
	must(t, err)
	expect(t, "secret", decryptedText, secretText)
}

func TestDecryptedSecret_errorsContainNoSecret(t *testing.T) {
	t.Parallel()
	alice, bob := pgpPair(t, nil), pgpPair(t, nil)
	ciphertext, key := encryptedFor(t, alice, secretText), privateKey(t, alice)
	lockedKey, lockedSealed := lockedPair(t)
	binary, err := base64.StdEncoding.DecodeString(ciphertext)
	must(t, err)
	spoilt := func(at int) string {
		other := bytes.Clone(binary)
		other[at] ^= 0x55
		return base64.StdEncoding.EncodeToString(other)
	}
	symmetric := message(t, func(out *bytes.Buffer) {
		w, err := openpgp.SymmetricallyEncrypt(out, []byte(lockedWith), nil, nil)
		must(t, err)
		_, err = w.Write([]byte(secretText))
		must(t, err)
		must(t, w.Close())
	})
	signed := message(t, func(out *bytes.Buffer) {
		w, err := openpgp.Sign(out, alice, nil, nil)
		must(t, err)
		_, err = w.Write([]byte(secretText))
		must(t, err)
		must(t, w.Close())
	})
	for name, bad := range map[string]struct{ ciphertext, key, passphrase, says string }{
		"another key":           {ciphertext, privateKey(t, bob), "", "encrypted_secret is encrypted for the key with the id "},
		"another key, id":       {ciphertext, privateKey(t, bob), "", strings.ToUpper(alice.Subkeys[0].PublicKey.KeyIdString())},
		"another key, own id":   {ciphertext, privateKey(t, bob), "", strings.ToUpper(bob.Subkeys[0].PublicKey.KeyIdString())},
		"a public key":          {ciphertext, publicKey(t, alice), "", "private_key is a public key"},
		"no key":                {ciphertext, "", "", "private_key is not a PGP private key"},
		"no key, but a message": {ciphertext, ciphertext, "", "private_key is not a PGP private key"},
		"half a key":            {ciphertext, key[:400], "", "private_key is not a PGP private key"},
		"another kind of key":   {ciphertext, "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk\n", "", "private_key is not a PGP private key"},
		"no passphrase":         {lockedSealed, lockedKey, "", "protected with a passphrase"},
		"another passphrase":    {lockedSealed, lockedKey, "incorrect-horse", "passphrase does not unlock private_key"},
		"two blocks":            {ciphertext, key + "\n" + privateKey(t, bob), "", "private_key contains several ASCII-armored blocks"},
		"no message":            {secretText, key, "", "encrypted_secret is not a PGP message"},
		"nothing":               {"", key, "", "encrypted_secret is not a PGP message"},
		"Base64 of anything":    {base64.StdEncoding.EncodeToString([]byte(secretText)), key, "", "encrypted_secret is not a PGP message"},
		"a key as message":      {base64.StdEncoding.EncodeToString(public(t, alice)), key, "", "encrypted_secret is not a PGP message"},
		"half a message":        {base64.StdEncoding.EncodeToString(binary[:len(binary)-30]), key, "", "was changed after it was encrypted"},
		"the check changed":     {spoilt(len(binary) - 3), key, "", "was changed after it was encrypted"},
		"the text changed":      {spoilt(len(binary) - 40), key, "", "was changed after it was encrypted"},
		"signed, not encrypted": {signed, key, "", "a PGP message that is not encrypted"},
		"a passphrase alone":    {symmetric, key, lockedWith, "encrypted with a passphrase only"},
		"no text":               {encryptedFor(t, alice, "\xff\xfe"), key, "", "encrypted_secret is not a text"},
		"too long":              {encryptedFor(t, alice, strings.Repeat("a", pgp.LongestSecret+1)), key, "", "longer than a mebibyte"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCore(t, ramtest.New(t).Getenv)
			_, diags := c.Open(decryptedSecret, attributes{"encrypted_secret": bad.ciphertext, "private_key": bad.key, "passphrase": bad.passphrase})
			refused(t, diags, "", "Cannot decrypt the secret", "Nothing was decrypted: ", bad.says)
			for _, secret := range []string{secretText, bad.passphrase, key, lockedKey} {
				for line := range strings.Lines(secret) {
					if line = strings.TrimSpace(line); len(line) >= 12 && !strings.Contains(line, "-----") && strings.Contains(acctest.Messages(diags), line) {
						t.Errorf("%q is echoed", line)
					}
				}
			}
		})
	}
}

// A message with a changed byte is not decrypted, and no part of it is returned.
func TestDecryptedSecret_detectsEveryChangedByte(t *testing.T) {
	t.Parallel()
	entity := pgpPair(t, nil)
	key := privateKey(t, entity)
	binary, err := base64.StdEncoding.DecodeString(encryptedFor(t, entity, secretText))
	must(t, err)
	for at := range binary {
		other := bytes.Clone(binary)
		other[at] ^= 0x01
		decryptedText, err := pgp.Decrypt(base64.StdEncoding.EncodeToString(other), key, "")
		if err == nil && decryptedText != secretText || err != nil && decryptedText != "" {
			t.Errorf("byte %d: %q, %v", at, decryptedText, err)
		}
		if _, err := pgp.Decrypt(base64.StdEncoding.EncodeToString(binary[:at]), key, ""); err == nil {
			t.Errorf("the first %d bytes are taken for the whole", at)
		}
	}
}

func TestDecryptedSecret_needsNoAccount(t *testing.T) {
	t.Parallel()
	srv := ramtest.New(t)
	entity := pgpPair(t, nil)
	v, diags := newCore(t, srv.Getenv).Open(decryptedSecret, attributes{"encrypted_secret": encryptedFor(t, entity, secretText), "private_key": privateKey(t, entity)})
	expect(t, "what was said", acctest.Messages(diags), "")
	expect(t, "secret", in(t, v, "secret"), secretText)
	expect(t, "calls", len(srv.Calls()), 0)
}
