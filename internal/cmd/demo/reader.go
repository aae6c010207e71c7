// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

//go:build unix

package main

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/packet"
)

// A reader is the one person who can read what is encrypted for her.
type reader struct {
	public string // her public key, as pgp_key takes it
	keys   openpgp.EntityList
}

func newReader() (*reader, error) {
	entity, err := openpgp.NewEntity("Alice Liddell", "", "alice@example.com", &packet.Config{Algorithm: packet.PubKeyAlgoEdDSA})
	if err != nil {
		return nil, fmt.Errorf("cannot make a PGP key: %w", err)
	}
	var public bytes.Buffer
	if err := entity.Serialize(&public); err != nil {
		return nil, fmt.Errorf("cannot write the PGP key: %w", err)
	}
	return &reader{public: base64.StdEncoding.EncodeToString(public.Bytes()), keys: openpgp.EntityList{entity}}, nil
}

// read opens a message, as gpg --decrypt does.
func (r *reader) read(message string) (string, error) {
	encrypted, err := base64.StdEncoding.DecodeString(message)
	if err != nil {
		return "", fmt.Errorf("the message is not Base64: %w", err)
	}
	opened, err := openpgp.ReadMessage(bytes.NewReader(encrypted), r.keys, nil, nil)
	if err != nil {
		return "", fmt.Errorf("cannot open the message: %w", err)
	}
	text, err := io.ReadAll(opened.UnverifiedBody)
	return string(text), err
}
