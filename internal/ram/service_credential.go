// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"context"
	"time"
)

var (
	listServiceCredentials  = operation{product: imsProduct, action: "ListServiceCredentials", repeat: read}
	updateServiceCredential = operation{product: imsProduct, action: "UpdateServiceCredential", repeat: set}
	deleteServiceCredential = operation{product: imsProduct, action: "DeleteServiceCredential", repeat: set}
)

// credentialsPerPage is the maximum that a page can have (documented).
const credentialsPerPage = "100"

// ServiceCredential is a long-lived credential of a user for one service, without its secret.
type ServiceCredential struct {
	ID             string
	Name           string
	ServiceName    string // such as dashscope.aliyuncs.com
	Status         string // Active or Inactive
	CreateTime     time.Time
	ExpirationTime time.Time // zero: never
}

type serviceCredentialFields struct {
	ID             text `json:"ServiceCredentialId"`
	Name           text `json:"ServiceCredentialName"`
	ServiceName    text
	Status         text
	CreateTime     timestamp
	ExpirationTime timestamp
}

func (s *serviceCredentialFields) credential() ServiceCredential {
	return ServiceCredential{
		ID: string(s.ID), Name: string(s.Name), ServiceName: string(s.ServiceName), Status: string(s.Status),
		CreateTime: s.CreateTime.value, ExpirationTime: s.ExpirationTime.value,
	}
}

type serviceCredentialsAnswer struct {
	IsTruncated        flag
	NextToken          text
	ServiceCredentials []serviceCredentialFields
}

func (a *serviceCredentialsAnswer) missing() string {
	if a.ServiceCredentials == nil && a.IsTruncated.isTrue() {
		return "ServiceCredentials"
	}
	for _, credential := range a.ServiceCredentials {
		switch {
		case credential.ID == "":
			return "ServiceCredentialId"
		case credential.Status == "":
			return "Status"
		}
	}
	return ""
}

// ServiceCredentials returns the service credentials of a user.
func (c *Client) ServiceCredentials(ctx context.Context, userName string) ([]ServiceCredential, error) {
	read := func(marker string) (page, []ServiceCredential, error) {
		in := params{"MaxResults": credentialsPerPage}
		if marker != "" {
			in["NextToken"] = marker
		}
		var answer serviceCredentialsAnswer
		if err := c.callForUser(ctx, listServiceCredentials, userName, in, &answer); err != nil {
			return page{}, nil, err
		}
		some := []ServiceCredential{}
		for _, said := range answer.ServiceCredentials {
			some = append(some, said.credential())
		}
		return page{IsTruncated: answer.IsTruncated, Marker: answer.NextToken}, some, nil
	}
	credentials := []ServiceCredential{}
	for credential, err := range paged(listServiceCredentials, read, func(s ServiceCredential) string { return s.ID }) {
		if err != nil {
			return nil, err
		}
		credentials = append(credentials, credential)
	}
	return credentials, nil
}

// SetServiceCredentialStatus enables or disables a service credential.
func (c *Client) SetServiceCredentialStatus(ctx context.Context, userName, id, status string) error {
	if err := updateServiceCredential.require("service credential id", id); err != nil {
		return err
	}
	return c.callForUser(ctx, updateServiceCredential, userName, params{"ServiceCredentialId": id, "Status": status}, nil)
}

// DeleteServiceCredential deletes a service credential, whatever its status.
func (c *Client) DeleteServiceCredential(ctx context.Context, userName, id string) error {
	if err := deleteServiceCredential.require("service credential id", id); err != nil {
		return err
	}
	return c.callForUser(ctx, deleteServiceCredential, userName, params{"ServiceCredentialId": id}, nil)
}
