// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

var (
	createServiceCredential = operation{product: imsProduct, action: "CreateServiceCredential", repeat: once}
	getServiceCredential    = operation{product: imsProduct, action: "GetServiceCredential", repeat: read}
	listServiceCredentials  = operation{product: imsProduct, action: "ListServiceCredentials", repeat: read}
	updateServiceCredential = operation{product: imsProduct, action: "UpdateServiceCredential", repeat: set}
	deleteServiceCredential = operation{product: imsProduct, action: "DeleteServiceCredential", repeat: set}
)

// credentialsPerPage is the largest page size (documented).
const credentialsPerPage = "100"

// ServiceCredential is a long-lived credential of a user for one service. No verb of
// package fmt prints its secret.
type ServiceCredential struct {
	ID             string
	Secret         string `json:"-"` // set only for a credential that was just created
	Name           string
	UserName       string // without the domain
	ServiceName    string // such as dashscope.aliyuncs.com
	Status         string // Active, Inactive
	CreateTime     time.Time
	ExpirationTime time.Time // zero if it does not expire
}

// Facts returns the properties of the credential that are not secret.
func (s ServiceCredential) Facts() CredentialFacts {
	return CredentialFacts{ID: s.ID, Name: s.Name, Status: s.Status, CreateDate: s.CreateTime}
}

// String describes the credential without its secret.
func (s ServiceCredential) String() string {
	return fmt.Sprintf("service credential %s (%s)", s.ID, s.Status)
}

// GoString describes the credential without its secret.
func (s ServiceCredential) GoString() string { return s.String() }

// Format writes the credential without its secret for every verb.
func (s ServiceCredential) Format(state fmt.State, _ rune) { fmt.Fprint(state, s.String()) }

// NewServiceCredential holds the values of a credential to create.
type NewServiceCredential struct {
	Name        string
	ServiceName string
	AgeDays     int64 // 0: does not expire
}

// ServiceCredentialChange holds the changes of an update. Nil leaves a value unchanged.
type ServiceCredentialChange struct {
	Name   *string
	Status *string
}

type serviceCredentialFields struct {
	ID                text   `json:"ServiceCredentialId"`
	Secret            secret `json:"ServiceCredentialSecret"`
	Name              text   `json:"ServiceCredentialName"`
	UserPrincipalName text
	ServiceName       text
	Status            credentialStatus
	CreateTime        timestamp
	ExpirationTime    timestamp
}

func (s *serviceCredentialFields) credential() ServiceCredential {
	userName, _, _ := strings.Cut(string(s.UserPrincipalName), "@")
	return ServiceCredential{
		ID: string(s.ID), Secret: string(s.Secret), Name: string(s.Name), UserName: userName, ServiceName: string(s.ServiceName), Status: string(s.Status),
		CreateTime: s.CreateTime.value, ExpirationTime: s.ExpirationTime.value,
	}
}

type serviceCredentialsResponse struct {
	IsTruncated        flag
	NextToken          text
	ServiceCredentials []serviceCredentialFields
}

// missing allows an absent list if it is empty (assumed), but not if everything else is
// absent too, because a credential that is not in the list counts as deleted.
func (a *serviceCredentialsResponse) missing() string {
	if a.ServiceCredentials == nil && (a.IsTruncated.value == nil || *a.IsTruncated.value) {
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

type serviceCredentialResponse struct{ ServiceCredential *serviceCredentialFields }

// missing requires an id, which says which credential the response is about.
func (a *serviceCredentialResponse) missing() string {
	if a.ServiceCredential == nil || a.ServiceCredential.ID == "" {
		return "ServiceCredentialId"
	}
	return ""
}

// CreateServiceCredential creates a service credential for a user. If the response has an
// id but no secret, it returns the credential and a [*MissingSecretError].
func (c *Client) CreateServiceCredential(ctx context.Context, userName string, wanted NewServiceCredential) (ServiceCredential, error) {
	in := params{"ServiceCredentialName": wanted.Name, "ServiceName": wanted.ServiceName}
	if wanted.AgeDays != 0 {
		in["CredentialAgeDays"] = strconv.FormatInt(wanted.AgeDays, 10)
	}
	defer c.caches.credentials.invalidateAround(userName)()
	var response serviceCredentialResponse
	if err := c.callForUser(ctx, createServiceCredential, userName, in, &response); err != nil {
		return ServiceCredential{}, err
	}
	created := response.ServiceCredential.credential()
	if created.Secret == "" {
		return created, &MissingSecretError{Action: createServiceCredential.action, ID: created.ID}
	}
	return created, nil
}

// ServiceCredential returns a service credential of a user without its secret.
func (c *Client) ServiceCredential(ctx context.Context, userName, id string) (ServiceCredential, error) {
	if err := getServiceCredential.require("service credential id", id); err != nil {
		return ServiceCredential{}, err
	}
	var response serviceCredentialResponse
	if err := c.callForUser(ctx, getServiceCredential, userName, params{"ServiceCredentialId": id}, &response); err != nil {
		return ServiceCredential{}, err
	}
	return response.ServiceCredential.credential(), nil
}

// ServiceCredentials returns the service credentials of a user without their secrets,
// oldest first. The list comes from the cache unless this client has changed a credential
// of the user since it was read.
func (c *Client) ServiceCredentials(ctx context.Context, userName string) ([]ServiceCredential, error) {
	all, err := c.caches.credentials.get(ctx, userName, c.serviceCredentialsReader(userName))
	return slices.Clone(all), err
}

// RefreshServiceCredentials returns the service credentials of a user. It bypasses the cache.
func (c *Client) RefreshServiceCredentials(ctx context.Context, userName string) ([]ServiceCredential, error) {
	all, err := c.caches.credentials.refresh(ctx, userName, c.serviceCredentialsReader(userName))
	return slices.Clone(all), err
}

func (c *Client) serviceCredentialsReader(userName string) func(context.Context) ([]ServiceCredential, error) {
	return func(ctx context.Context) ([]ServiceCredential, error) {
		return c.listServiceCredentials(func(in params, response *serviceCredentialsResponse) error {
			return c.callForUser(ctx, listServiceCredentials, userName, in, response)
		})
	}
}

// AllServiceCredentials returns the service credentials of all users, each with its user
// name. It reads the credentials page by page and does not read the users.
func (c *Client) AllServiceCredentials(ctx context.Context) ([]ServiceCredential, error) {
	return c.listServiceCredentials(func(in params, response *serviceCredentialsResponse) error {
		in["AllUsers"] = "true"
		return c.call(ctx, listServiceCredentials, in, response)
	})
}

// listServiceCredentials reads all pages. call reads one page.
func (c *Client) listServiceCredentials(call func(in params, response *serviceCredentialsResponse) error) ([]ServiceCredential, error) {
	read := func(marker string) (page, []ServiceCredential, error) {
		in := params{"MaxResults": credentialsPerPage}
		if marker != "" {
			in["NextToken"] = marker
		}
		var response serviceCredentialsResponse
		if err := call(in, &response); err != nil {
			return page{}, nil, err
		}
		some := []ServiceCredential{}
		for _, item := range response.ServiceCredentials {
			some = append(some, item.credential())
		}
		return page{IsTruncated: response.IsTruncated, Marker: response.NextToken}, some, nil
	}
	credentials := []ServiceCredential{}
	for credential, err := range paged(listServiceCredentials, read, func(s ServiceCredential) string { return s.ID }) {
		if err != nil {
			return nil, err
		}
		credentials = append(credentials, credential)
	}
	slices.SortFunc(credentials, func(x, y ServiceCredential) int {
		return cmp.Or(x.CreateTime.Compare(y.CreateTime), cmp.Compare(x.ID, y.ID))
	})
	return credentials, nil
}

// UpdateServiceCredential changes the name or the status of a service credential.
func (c *Client) UpdateServiceCredential(ctx context.Context, userName, id string, change ServiceCredentialChange) error {
	in := params{}
	in.text("ServiceCredentialName", change.Name)
	in.text("Status", change.Status)
	return c.changeServiceCredential(ctx, updateServiceCredential, userName, id, in)
}

// DeleteServiceCredential deletes a service credential of any status (assumed). It cannot
// be restored.
func (c *Client) DeleteServiceCredential(ctx context.Context, userName, id string) error {
	return c.changeServiceCredential(ctx, deleteServiceCredential, userName, id, params{})
}

func (c *Client) changeServiceCredential(ctx context.Context, op operation, userName, id string, in params) error {
	if err := op.require("service credential id", id); err != nil {
		return err
	}
	in["ServiceCredentialId"] = id
	defer c.caches.credentials.invalidateAround(userName)()
	return c.callForUser(ctx, op, userName, in, nil)
}
