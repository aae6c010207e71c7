// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

var (
	createUser     = operation{product: imsProduct, action: "CreateUser", repeat: once}
	updateUser     = operation{product: imsProduct, action: "UpdateUser", repeat: set}
	clearUser      = operation{product: ramProduct, action: "UpdateUser", repeat: set}
	deleteUser     = operation{product: imsProduct, action: "DeleteUser", repeat: set}
	tagResources   = operation{product: imsProduct, action: "TagResources", repeat: set, pace: attachment}
	untagResources = operation{product: imsProduct, action: "UntagResources", repeat: set, pace: attachment}
)

const (
	// tagsPerCall is the largest number of tags in one call (documented).
	tagsPerCall = 20
	// displayNameLength is the maximum length of a display name in Ims (documented).
	displayNameLength = 24
)

// User is a RAM user.
type User struct {
	ID            string // does not change when the user is renamed
	Name          string
	PrincipalName string // name@default-domain
	DisplayName   string
	MobilePhone   string
	Email         string
	Comments      string
	ProvisionType string // Manual, SCIM, CloudSSO
	CreateDate    time.Time
	UpdateDate    time.Time
	LastLoginDate time.Time         // zero if never or not returned
	Tags          map[string]string // nil if not returned
}

// UserChange holds the changes of UpdateUser. Nil leaves a value unchanged and "" clears
// it. The name and the display name cannot be cleared.
type UserChange struct{ Name, DisplayName, MobilePhone, Email, Comments *string }

type userResponse struct{ User *userFields }

type userFields struct {
	ID            text `json:"UserId"`
	Name          text `json:"UserName"`
	PrincipalName text `json:"UserPrincipalName"`
	DisplayName   text
	MobilePhone   text
	Email         text
	Comments      text
	ProvisionType text
	CreateDate    timestamp
	UpdateDate    timestamp
	LastLoginDate timestamp
	Tags          *struct {
		Tag []struct{ TagKey, TagValue text }
	}
}

func (a *userResponse) missing() string {
	if a.User == nil {
		return "User"
	}
	return a.User.missing()
}

func (s *userFields) missing() string {
	switch {
	case s.ID == "":
		return "UserId"
	case s.Name == "" && s.PrincipalName == "":
		return "UserPrincipalName"
	}
	return ""
}

func (s *userFields) user() User {
	user := User{
		ID: string(s.ID), Name: cmp.Or(string(s.Name), nameIn(s.PrincipalName)), PrincipalName: string(s.PrincipalName),
		DisplayName: string(s.DisplayName), MobilePhone: string(s.MobilePhone), Email: string(s.Email), Comments: string(s.Comments),
		ProvisionType: string(s.ProvisionType), CreateDate: s.CreateDate.value, UpdateDate: s.UpdateDate.value, LastLoginDate: s.LastLoginDate.value,
	}
	if s.Tags == nil {
		return user
	}
	user.Tags = map[string]string{}
	for _, tag := range s.Tags.Tag {
		user.Tags[string(tag.TagKey)] = string(tag.TagValue)
	}
	return user
}

// nameIn returns the user name of a principal name. A user name contains no @ (documented).
func nameIn(principalName text) string {
	name, _, _ := strings.Cut(string(principalName), "@")
	return name
}

// require refuses an empty value of the parameter that identifies the object. Without a
// user, the service would act on the caller (KEY-12).
func (op operation) require(what, value string) error {
	if strings.TrimSpace(value) != "" {
		return nil
	}
	return &NoResponseError{Action: op.action, Err: errors.New("the " + what + " is empty")}
}

// AccessKeyOwner returns the user that an AccessKey belongs to. A key of the root account
// has no user: NotFound(err, "User") is true for it, as it is for a key that does not exist
// (assumed).
func (c *Client) AccessKeyOwner(ctx context.Context, keyID string) (User, error) {
	return c.readUser(ctx, "UserAccessKeyId", keyID)
}

// AccessKeyOwnerID is AccessKeyOwner for a caller that needs only the id of the user. It is
// read once, because a key never gets another owner (assumed: no operation moves a key).
func (c *Client) AccessKeyOwnerID(ctx context.Context, keyID string) (string, error) {
	return c.caches.keyOwners.get(ctx, keyID, func(ctx context.Context) (string, error) {
		user, err := c.AccessKeyOwner(ctx, keyID)
		return user.ID, err
	})
}

func (c *Client) readUser(ctx context.Context, by, value string) (User, error) {
	var response userResponse
	var err error
	if by == "UserPrincipalName" {
		err = c.callForUser(ctx, getUser, value, nil, &response)
	} else if err = getUser.require(by, value); err == nil {
		err = c.call(ctx, getUser, params{by: value}, &response)
	}
	if err != nil {
		return User{}, err
	}
	return response.User.user(), nil
}

// CreateUser creates a user. The service assigns the id and the dates. Ims requires a
// display name, which defaults to the name.
func (c *Client) CreateUser(ctx context.Context, u User) (User, error) {
	defer c.caches.invalidateUserDetails()()
	in := params{"DisplayName": cmp.Or(u.DisplayName, u.Name[:min(len(u.Name), displayNameLength)])}
	for name, value := range map[string]string{"MobilePhone": u.MobilePhone, "Email": u.Email, "Comments": u.Comments} {
		in.text(name, text(value).optional())
	}
	in.tags(u.Tags, slices.Sorted(maps.Keys(u.Tags)))
	var response userResponse
	if err := c.callForUser(ctx, createUser, u.Name, in, &response); err != nil {
		return User{}, err
	}
	return response.User.user(), nil
}

// UpdateUser changes a user and returns it without tags, which the service does not return
// here (documented). Ims documents a length of 1 to 128 characters for values that can be
// cleared, and Ram clears a value that is empty (observed). If Ims refuses to clear values,
// or ignores it and still returns them (both assumed), UpdateUser clears them through Ram.
// [UserChange.Uncleared] returns what neither has cleared. If the request to Ram
// fails, the error is an [*UnclearedError].
func (c *Client) UpdateUser(ctx context.Context, id string, change UserChange) (User, error) {
	send := func(change UserChange) (User, error) {
		return c.updateUser(ctx, id, func(context.Context) (UserChange, error) { return change, nil })
	}
	user, err := send(change)
	clears, rest := change.split()
	if clears == (UserChange{}) {
		return user, err
	}
	if err == nil {
		if len(change.Uncleared(user)) == 0 {
			return user, nil
		}
		return c.clearAfter(ctx, id, user, clears, rest != (UserChange{}))
	}
	if !parameterRefused(err) {
		return user, err
	}
	if rest != (UserChange{}) {
		if user, err = send(rest); err != nil {
			return user, err
		}
	}
	return c.clearAfter(ctx, id, user, clears, rest != (UserChange{}))
}

// UnclearedError means that Ims did not clear values, and that the request to clear them
// through Ram failed.
type UnclearedError struct {
	Applied    bool     // whether other changes were made
	Refused    bool     // whether the service does not accept the empty values
	Parameters []string // values that may not be cleared
	Err        error
}

func (e *UnclearedError) Error() string { return e.Err.Error() }

// Unwrap returns the error of the request to Ram.
func (e *UnclearedError) Unwrap() error { return e.Err }

// clearAfter clears values through Ram after Ims returned the user. If that fails, it returns
// the user as Ims did, with an [*UnclearedError].
func (c *Client) clearAfter(ctx context.Context, id string, user User, clears UserChange, applied bool) (User, error) {
	cleared, err := c.ClearUser(ctx, id, clears)
	if uncleared := (*UnclearedError)(nil); errors.As(err, &uncleared) {
		uncleared.Applied = uncleared.Applied || applied
		return user, err
	}
	return cleared, nil
}

// ClearUser clears the values that a change clears, through Ram. If the service refuses them,
// it clears each of several by itself, because one refused value refuses the whole request.
// Errors are of type [*UnclearedError].
func (c *Client) ClearUser(ctx context.Context, id string, change UserChange) (User, error) {
	clears, _ := change.split()
	names := clears.sent()
	user, err := c.clearUser(ctx, id, clears)
	switch {
	case err == nil:
		return user, nil
	case !parameterRefused(err) || len(names) == 1:
		return user, &UnclearedError{Refused: parameterRefused(err), Parameters: names, Err: err}
	}
	failed := &UnclearedError{Refused: true}
	for _, name := range names {
		one, err := c.clearUser(ctx, id, clears.only(name))
		if err != nil {
			failed.Refused = failed.Refused && parameterRefused(err)
			failed.Parameters, failed.Err = append(failed.Parameters, name), err
			continue
		}
		user, failed.Applied = one, true
	}
	if failed.Err != nil {
		return user, failed
	}
	return user, nil
}

// split separates the values that a change clears from those that it sets.
func (u UserChange) split() (clears, rest UserChange) {
	rest = u
	for _, field := range []struct{ of, clears, rest **string }{
		{&u.MobilePhone, &clears.MobilePhone, &rest.MobilePhone}, {&u.Email, &clears.Email, &rest.Email}, {&u.Comments, &clears.Comments, &rest.Comments},
	} {
		if *field.of != nil && **field.of == "" {
			*field.clears, *field.rest = *field.of, nil
		}
	}
	return clears, rest
}

// Uncleared returns the parameters of the values that a change clears and that the user
// still has.
func (u UserChange) Uncleared(user User) (names []string) {
	for _, field := range []struct {
		name string
		sent *string
		has  string
	}{{"MobilePhone", u.MobilePhone, user.MobilePhone}, {"Email", u.Email, user.Email}, {"Comments", u.Comments, user.Comments}} {
		if field.sent != nil && *field.sent == "" && field.has != "" {
			names = append(names, field.name)
		}
	}
	return names
}

// sent returns the parameters of the values that a change clears.
func (u UserChange) sent() []string {
	return u.Uncleared(User{MobilePhone: "-", Email: "-", Comments: "-"})
}

// only is the change without the other values that it clears.
func (u UserChange) only(parameter string) (one UserChange) {
	switch parameter {
	case "MobilePhone":
		one.MobilePhone = u.MobilePhone
	case "Email":
		one.Email = u.Email
	default:
		one.Comments = u.Comments
	}
	return one
}

// clearUser clears values through Ram, which addresses a user by name. A document of 2024
// calls NewUserName required, so the current name is sent as the new name.
func (c *Client) clearUser(ctx context.Context, id string, clears UserChange) (User, error) {
	defer c.caches.invalidateUsers()()
	var response userResponse
	err := c.callComposed(ctx, clearUser, func(ctx context.Context) (params, error) {
		live, err := c.RefreshUserByID(ctx, id)
		in := clears.params(id)
		delete(in, "UserId")
		in["UserName"], in["NewUserName"] = live.Name, live.Name
		return in, err
	}, &response)
	if err != nil {
		return User{}, err
	}
	return response.User.user(), nil
}

// ChangeUser applies the changes that merge returns for the live user. The service does not
// change values that are not sent (documented). With [ErrUnchanged] it returns an empty
// User.
func (c *Client) ChangeUser(ctx context.Context, id string, merge func(context.Context, User) (UserChange, error)) (User, error) {
	return c.updateUser(ctx, id, func(ctx context.Context) (UserChange, error) {
		live, err := c.RefreshUserByID(ctx, id)
		if err != nil {
			return UserChange{}, err
		}
		return merge(ctx, live)
	})
}

func (c *Client) updateUser(ctx context.Context, id string, change func(context.Context) (UserChange, error)) (User, error) {
	if err := updateUser.require("user id", id); err != nil {
		return User{}, err
	}
	defer c.caches.invalidateUsers()()
	var response userResponse
	domain := "" // domain of the new principal name; "" until it is known
	send := func() error {
		return c.callComposed(ctx, updateUser, func(ctx context.Context) (params, error) {
			change, err := change(ctx)
			if err != nil {
				return nil, err
			}
			in := change.params(id)
			if change.Name == nil {
				return in, nil
			}
			if err := updateUser.require("new user name", *change.Name); err != nil {
				return nil, err
			}
			if domain == "" {
				if domain, err = c.domain(ctx); err != nil {
					return nil, &prerequisiteError{updateUser.action, domainUnknown, err}
				}
			}
			in["NewUserPrincipalName"] = *change.Name + "@" + domain
			return in, nil
		}, &response)
	}
	err := send()
	if domain != "" && nameUnknown(err) {
		before := domain
		if domain, err = c.retryDomain(ctx, updateUser, before, err); domain != before {
			err = send()
		}
	}
	if err != nil || response.User == nil {
		return User{}, err
	}
	return response.User.user(), nil
}

func (u UserChange) params(id string) params {
	in := params{"UserId": id}
	in.text("NewDisplayName", u.DisplayName)
	in.text("NewMobilePhone", u.MobilePhone)
	in.text("NewEmail", u.Email)
	in.text("NewComments", u.Comments)
	return in
}

// DeleteUser deletes a user. Conflict(err) reports whether an object of the user prevents
// that.
func (c *Client) DeleteUser(ctx context.Context, id string) error {
	if err := deleteUser.require("user id", id); err != nil {
		return err
	}
	defer c.caches.invalidateUsers()()
	return c.call(ctx, deleteUser, params{"UserId": id}, nil)
}

// TagUser adds tags to a user and replaces the values of existing tags.
func (c *Client) TagUser(ctx context.Context, id string, tags map[string]string) error {
	return c.tag(ctx, tagResources, id, slices.Sorted(maps.Keys(tags)), func(in params, keys []string) { in.tags(tags, keys) })
}

// UntagUser removes tags from a user. A tag that the user does not have is no error: if the
// service refuses it (assumed), UntagUser removes the others.
func (c *Client) UntagUser(ctx context.Context, id string, keys []string) error {
	err := c.untagUser(ctx, id, keys)
	if !valueRefused(err) && (!hasCode(err, entityNotExist) || NotFound(err, "User")) {
		return err
	}
	live, readErr := c.RefreshUserByID(ctx, id)
	if readErr != nil || live.Tags == nil {
		return err
	}
	left := slices.DeleteFunc(slices.Clone(keys), func(key string) bool { _, has := live.Tags[key]; return !has })
	if len(left) == len(keys) {
		return err
	}
	return c.untagUser(ctx, id, left)
}

func (c *Client) untagUser(ctx context.Context, id string, keys []string) error {
	return c.tag(ctx, untagResources, id, keys, func(in params, keys []string) {
		for i, key := range keys {
			in["TagKey."+strconv.Itoa(i+1)] = key
		}
	})
}

// tag sends as many calls as the number of keys requires. Without keys it sends none,
// because the service could apply the call to all tags.
func (c *Client) tag(ctx context.Context, op operation, id string, keys []string, fill func(params, []string)) error {
	if err := op.require("user id", id); err != nil {
		return err
	}
	defer c.caches.invalidateUserDetails()()
	for part := range slices.Chunk(keys, tagsPerCall) {
		in := params{"ResourceType": "user", "ResourceId.1": id}
		fill(in, part)
		if err := c.call(ctx, op, in, nil); err != nil {
			return err
		}
	}
	return nil
}

// tags adds tags as numbered pairs, counting from 1.
func (p params) tags(values map[string]string, keys []string) {
	for i, key := range keys {
		name := "Tag." + strconv.Itoa(i+1)
		p[name+".Key"], p[name+".Value"] = key, values[key]
	}
}
