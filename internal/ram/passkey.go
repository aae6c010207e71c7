// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"context"
	"time"
)

var (
	listPasskeys  = operation{product: imsProduct, action: "ListPasskeys", repeat: read}
	deletePasskey = operation{product: imsProduct, action: "DeletePasskey", repeat: set}
)

// Passkey is a passkey that a user created in a browser.
type Passkey struct {
	ID          string
	Name        string
	CreateDate  time.Time
	LastUseDate time.Time // zero if never used
}

// Facts returns what the passkey has in common with other credentials. It has no status.
func (p Passkey) Facts() CredentialFacts {
	return CredentialFacts{ID: p.ID, Name: p.Name, CreateDate: p.CreateDate}
}

// passkeysResponse has a plain JSON list, and times that are seconds in strings (documented).
// An absent list may be an empty one (assumed), because passkeys have no secret that could be lost.
type passkeysResponse struct {
	IsTruncated flag // this operation has no pages: false or absent
	Passkeys    []struct {
		ID          text `json:"PasskeyId"`
		Name        text `json:"PasskeyName"`
		CreateDate  timestamp
		LastUseDate timestamp
	}
}

func (a *passkeysResponse) missing() string {
	if a.Passkeys == nil && a.IsTruncated.isTrue() {
		return "Passkeys"
	}
	for _, passkey := range a.Passkeys {
		if passkey.ID == "" {
			return "PasskeyId"
		}
	}
	return ""
}

// Passkeys returns the passkeys of a user, and nil if the response has no list. The operation has no pages (documented).
func (c *Client) Passkeys(ctx context.Context, userName string) ([]Passkey, error) {
	var response passkeysResponse
	if err := c.callForUser(ctx, listPasskeys, userName, nil, &response); err != nil {
		return nil, err
	}
	if response.Passkeys == nil {
		return nil, nil
	}
	passkeys := []Passkey{}
	for _, item := range response.Passkeys {
		passkeys = append(passkeys, Passkey{
			ID: string(item.ID), Name: string(item.Name), CreateDate: item.CreateDate.value, LastUseDate: item.LastUseDate.value,
		})
	}
	return passkeys, nil
}

// DeletePasskey deletes a passkey of a user. NotFound(err, "Passkey") reports whether the
// user does not have it (assumed).
func (c *Client) DeletePasskey(ctx context.Context, userName, id string) error {
	if err := deletePasskey.require("passkey id", id); err != nil {
		return err
	}
	return c.callForUser(ctx, deletePasskey, userName, params{"PasskeyId": id}, nil)
}
