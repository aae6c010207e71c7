// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"cmp"
	"regexp"
	"slices"
)

// The reference documents the parameters and fields. It is assumed: the codes, the owner if the request names no user, that
// two credentials may have the same name, that an active credential can be deleted, and that expired ones remain listed.
var serviceCredentialActions = table{
	"Ims/CreateServiceCredential": {run: createServiceCredential, write: true},
	"Ims/GetServiceCredential":    {run: getServiceCredential},
	"Ims/ListServiceCredentials":  {run: listServiceCredentials},
	"Ims/UpdateServiceCredential": {run: updateServiceCredential, write: true},
	"Ims/DeleteServiceCredential": {run: deleteServiceCredential, write: true},
}

var (
	credentialName = regexp.MustCompile(`^[A-Za-z0-9._-]{1,128}$`)
	serviceName    = regexp.MustCompile(`^[a-z0-9-]+(\.[a-z0-9-]+)*\.aliyuncs\.com$`)
)

// createServiceCredential creates a credential and returns its secret, which no other operation returns. A user has two per
// service. (documented; which services exist is assumed: every name below aliyuncs.com)
func createServiceCredential(r *request) (reply, error) {
	name, err := r.credentialName()
	if err != nil {
		return nil, err
	}
	service, err := r.required("ServiceName")
	if err != nil {
		return nil, err
	}
	if !serviceName.MatchString(service) {
		return nil, incorrect("ServiceName")
	}
	days := 0
	if err := r.integer("CredentialAgeDays", 1, 36600, &days); err != nil {
		return nil, err
	}
	user, err := r.namedOrSelf()
	if err != nil {
		return nil, err
	}
	same := 0
	for _, other := range user.Credentials {
		if other.ServiceName == service {
			same++
		}
	}
	if r.server.behaviour.UniqueCredentialNames && user.hasCredential(service, name) {
		return nil, exists("User.ServiceCredential", "The service credential already exists.")
	}
	if same >= r.account.Quotas.CredentialsPerUserAndService {
		return nil, exceeded("User.ServiceCredential", "The count of service credentials of the user beyond the current limits.")
	}
	credential := &ServiceCredential{
		ID: r.server.newCredentialID(), Name: name, ServiceName: service, Secret: r.server.newSecret(), Status: "Active", CreateTime: r.now,
	}
	if days > 0 {
		credential.ExpirationTime = r.now.AddDate(0, 0, days)
	}
	user.Credentials = append(user.Credentials, credential)
	shown := r.showCredential(credential, user)
	shown["ServiceCredentialSecret"] = credential.Secret
	return reply{"ServiceCredential": shown}, nil
}

// credentialName returns 1 to 128 letters, digits, '.', '-' and '_'. (documented)
func (r *request) credentialName() (string, error) {
	name, err := r.required("ServiceCredentialName")
	if err == nil && !credentialName.MatchString(name) {
		err = incorrect("ServiceCredentialName")
	}
	return name, err
}

func (r *request) showCredential(credential *ServiceCredential, user *User) reply {
	shown := reply{
		"ServiceCredentialId": credential.ID, "ServiceCredentialName": credential.Name, "ServiceName": credential.ServiceName,
		"UserPrincipalName": r.principalName(user.Name), "Status": r.status(credential.Status), "CreateTime": stamp(credential.CreateTime),
	}
	if !credential.ExpirationTime.IsZero() {
		shown["ExpirationTime"] = stamp(credential.ExpirationTime)
	}
	return shown
}

func noServiceCredential() error {
	return notExist("User.ServiceCredential", "The service credential does not exist.")
}

// credential returns the user's credential that the request must name. (documented)
func (r *request) credential() (*ServiceCredential, *User, error) {
	id, err := r.required("ServiceCredentialId")
	if err != nil {
		return nil, nil, err
	}
	user, err := r.namedOrSelf()
	if err != nil {
		return nil, nil, err
	}
	for _, credential := range user.Credentials {
		if credential.ID == id && !r.hidden(credential) {
			return credential, user, nil
		}
	}
	return nil, nil, noServiceCredential()
}

// hidden reports whether the credential has expired and expired credentials are not returned (assumed;
// Behaviour.HideExpiredCredentials).
func (r *request) hidden(credential *ServiceCredential) bool {
	return r.server.behaviour.HideExpiredCredentials && !credential.ExpirationTime.IsZero() && !r.now.Before(credential.ExpirationTime)
}

// hasCredential reports whether a user has a credential with that name for a service.
func (u *User) hasCredential(service, name string) bool {
	return slices.ContainsFunc(u.Credentials, func(c *ServiceCredential) bool { return c.ServiceName == service && c.Name == name })
}

// getServiceCredential returns one credential without its secret. (documented)
func getServiceCredential(r *request) (reply, error) {
	credential, user, err := r.credential()
	if err != nil {
		return nil, err
	}
	return reply{"ServiceCredential": r.showCredential(credential, user)}, nil
}

// listServiceCredentials returns a page of the credentials of one user or, with AllUsers, of all users, for one service or
// all services. (documented)
func listServiceCredentials(r *request) (reply, error) {
	all := false
	if err := r.boolean("AllUsers", &all); err != nil {
		return nil, err
	}
	if all && r.has("UserPrincipalName") {
		return nil, incorrect("UserPrincipalName")
	}
	users := r.account.sortedUsers()
	if !all {
		user, err := r.namedOrSelf()
		if err != nil {
			return nil, err
		}
		users = []*User{user}
	}
	var items []reply
	for _, user := range users {
		for _, credential := range slices.SortedFunc(slices.Values(user.Credentials), func(x, y *ServiceCredential) int { return cmp.Compare(x.ID, y.ID) }) {
			if !r.hidden(credential) && (!r.has("ServiceName") || credential.ServiceName == r.text("ServiceName")) {
				items = append(items, r.showCredential(credential, user))
			}
		}
	}
	size := 10
	if err := r.integer("MaxResults", 1, 100, &size); err != nil {
		return nil, err
	}
	other := *r
	other.params = map[string]string{"Marker": r.text("NextToken")}
	page, more, err := paged(&other, items, size, 100)
	if err != nil {
		return nil, incorrect("NextToken")
	}
	body := reply{"IsTruncated": more["IsTruncated"], "MaxResults": size, "ServiceCredentials": []any{}}
	list := []any{}
	for _, item := range page {
		list = append(list, item)
	}
	body["ServiceCredentials"] = list
	if next, ok := more["Marker"]; ok {
		body["NextToken"] = next
	}
	return body, nil
}

// updateServiceCredential changes the status or the name; the request must pass one of them. (documented)
func updateServiceCredential(r *request) (reply, error) {
	if !r.has("Status") && !r.has("ServiceCredentialName") {
		return nil, missing("Status")
	}
	credential, user, err := r.credential()
	if err != nil {
		return nil, err
	}
	if err := r.oneOf("Status", &credential.Status, "Active", "Inactive"); err != nil {
		return nil, err
	}
	if r.has("ServiceCredentialName") {
		name, err := r.credentialName()
		if err != nil {
			return nil, err
		}
		if r.server.behaviour.UniqueCredentialNames && credential.Name != name && user.hasCredential(credential.ServiceName, name) {
			return nil, exists("User.ServiceCredential", "The service credential already exists.")
		}
		credential.Name = name
	}
	return reply{}, nil
}

// deleteServiceCredential deletes a credential of any status. (documented; the status is assumed)
func deleteServiceCredential(r *request) (reply, error) {
	credential, user, err := r.credential()
	if err != nil {
		return nil, err
	}
	if r.server.behaviour.RefuseDeletingActiveCredentials && credential.Status == "Active" {
		return nil, conflict("User.ServiceCredential", "The service credential is active.")
	}
	user.Credentials = without(user.Credentials, credential)
	return reply{}, nil
}
