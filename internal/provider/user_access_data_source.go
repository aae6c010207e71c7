// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/ram-security/terraform-provider-ram/internal/instance"
	"github.com/ram-security/terraform-provider-ram/internal/listing"
	"github.com/ram-security/terraform-provider-ram/internal/ram"
	"github.com/ram-security/terraform-provider-ram/internal/tf"
)

var _ datasource.DataSourceWithConfigure = (*userAccessData)(nil)

// userAccessData reads what users may do, and the credentials that they sign in with.
type userAccessData struct{ instance.DataSource }

type userAccessModel struct {
	listing.Users

	AccountID types.String `tfsdk:"account_id"`
	Access    []userAccess `tfsdk:"users"`
}

type userAccess struct {
	UserName      types.String     `tfsdk:"user_name"`
	UserID        types.String     `tfsdk:"user_id"`
	GroupNames    types.Set        `tfsdk:"group_names"`
	Policies      []attachedPolicy `tfsdk:"policies"`
	Administrator types.Bool       `tfsdk:"administrator"`
	ChangesRAM    types.Bool       `tfsdk:"can_change_ram"`
	MFADevice     types.String     `tfsdk:"mfa_serial_number"`
	AccessKeys    []datedKey       `tfsdk:"access_keys"`
	Credentials   []datedService   `tfsdk:"service_credentials"`
	Passkeys      []datedPasskey   `tfsdk:"passkeys"`
	LastLoginDate types.String     `tfsdk:"last_login_date"`
	IdleDays      types.Int64      `tfsdk:"idle_days"`
}

type attachedPolicy struct {
	PolicyType types.String `tfsdk:"policy_type"`
	PolicyName types.String `tfsdk:"policy_name"`
	GroupName  types.String `tfsdk:"group_name"`
}

type datedKey struct {
	ID         types.String `tfsdk:"access_key_id"`
	Status     types.String `tfsdk:"status"`
	CreateDate types.String `tfsdk:"create_date"`
	AgeDays    types.Int64  `tfsdk:"age_days"`
}

type datedService struct {
	ID             types.String `tfsdk:"service_credential_id"`
	ServiceName    types.String `tfsdk:"service_name"`
	Status         types.String `tfsdk:"status"`
	CreateTime     types.String `tfsdk:"create_time"`
	AgeDays        types.Int64  `tfsdk:"age_days"`
	ExpirationTime types.String `tfsdk:"expiration_time"`
}

type datedPasskey struct {
	ID          types.String `tfsdk:"passkey_id"`
	CreateDate  types.String `tfsdk:"create_date"`
	LastUseDate types.String `tfsdk:"last_use_date"`
}

func (d *userAccessData) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_user_access"
}

func (d *userAccessData) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	computed := func(docs string) schema.Attribute {
		return schema.StringAttribute{Computed: true, MarkdownDescription: docs}
	}
	nested := func(docs string, attributes map[string]schema.Attribute) schema.Attribute {
		return schema.ListNestedAttribute{Computed: true, MarkdownDescription: docs, NestedObject: schema.NestedAttributeObject{Attributes: attributes}}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Lists what RAM users may do and what they sign in with: groups, policies, whether these make an administrator, AccessKey pairs, service credentials, passkeys, MFA and idle days. It takes three calls for each user, " +
			"two for each group and one for each policy. Policies that are attached in a resource group are not listed by RAM. Policies are evaluated without those that deny, and without conditions.",
		Attributes: listing.WithFilters(map[string]schema.Attribute{
			"account_id": computed("The id of the account."),
			"users": nested("The users, in the order of their names.", map[string]schema.Attribute{
				"user_name":   computed("The name of the user."),
				"user_id":     computed("The id of the user."),
				"group_names": schema.SetAttribute{ElementType: types.StringType, Computed: true, MarkdownDescription: "The groups of the user."},
				"policies": nested("The policies of the user, those of its groups included.", map[string]schema.Attribute{
					"policy_type": computed("`System` or `Custom`."),
					"policy_name": computed("The name of the policy."),
					"group_name":  computed("The group that the policy is attached to; null if it is attached to the user itself."),
				}),
				"administrator":     schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether a policy allows every action on every resource without a condition."},
				"can_change_ram":    schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether a policy allows an action of RAM that is not a read. Such a user can become an administrator."},
				"mfa_serial_number": computed("The serial number of the virtual MFA device that is bound to the user; null if there is none."),
				"access_keys": nested("The AccessKey pairs of the user, the oldest first.", map[string]schema.Attribute{
					"access_key_id": computed("The id of the AccessKey pair."),
					"status":        computed("`Active` or `Inactive`."),
					"create_date":   computed("When it was created (RFC 3339)."),
					"age_days":      schema.Int64Attribute{Computed: true, MarkdownDescription: "Its age in days, by the clock of the service."},
				}),
				"service_credentials": nested("The service credentials of the user, the oldest first. None where the endpoint does not have them.", map[string]schema.Attribute{
					"service_credential_id": computed("The id of the service credential."),
					"service_name":          computed("The service that accepts it."),
					"status":                computed("`Active` or `Inactive`."),
					"create_time":           computed("When it was created (RFC 3339)."),
					"age_days":              schema.Int64Attribute{Computed: true, MarkdownDescription: "Its age in days, by the clock of the service."},
					"expiration_time":       computed("When it expires (RFC 3339); null: never."),
				}),
				"passkeys": nested("The passkeys of the user, the oldest first. None where the endpoint does not have them.", map[string]schema.Attribute{
					"passkey_id":    computed("The id of the passkey."),
					"create_date":   computed("When it was created (RFC 3339)."),
					"last_use_date": computed("When it was last used (RFC 3339); null if never, or not said."),
				}),
				"last_login_date": computed("When the user last logged on to the console (RFC 3339); null if never."),
				"idle_days": schema.Int64Attribute{Computed: true, MarkdownDescription: "The days since the last logon to the console or the last use of a passkey, whichever is later; null if there was none. " +
					"The service does not say when a service credential was used."},
			}),
		}, listing.UserFilters("the access")...),
	}
}

func (d *userAccessData) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	listing.ReadAll(ctx, d.Instance, "read the access of the users", req, resp, func(ctx context.Context, account string, m *userAccessModel) error {
		m.AccountID, m.Access = types.StringValue(account), []userAccess{}
		now, err := d.Client.ServerTime(ctx)
		if err != nil {
			return err
		}
		groups, err := d.groups(ctx, m.UserName)
		if err != nil {
			return err
		}
		devices, err := d.devices(ctx)
		if err != nil {
			return err
		}
		credentialsOf, err := serviceCredentialsByUser(ctx, d.Instance, m.Users)
		if err != nil && !ram.NotServed(err) {
			return err
		}
		for access, err := range listing.EachUser(ctx, d.Instance, m.Users, listing.All, func(ctx context.Context, user ram.User, yield func(userAccess, error)) {
			access, err := d.access(ctx, user, groups[user.ID], now)
			access.MFADevice = tf.NonEmpty(devices[user.ID])
			if err == nil {
				err = d.newerCredentials(ctx, user, credentialsOf, now, &access)
			}
			yield(access, err)
		}) {
			if err != nil {
				return err
			}
			m.Access = append(m.Access, access)
		}
		slices.SortFunc(m.Access, func(a, b userAccess) int { return cmp.Compare(a.UserName.ValueString(), b.UserName.ValueString()) })
		return nil
	})
}

// groups returns the names of the groups of each user, by the id of the user. For one user it reads
// only the groups of that user.
func (d *userAccessData) groups(ctx context.Context, userName types.String) (map[string][]string, error) {
	all := map[string][]string{}
	if !userName.IsNull() {
		user, err := d.Client.User(ctx, userName.ValueString())
		if err != nil {
			return nil, err
		}
		all[user.ID], err = d.Client.UserGroups(ctx, user.Name)
		return all, err
	}
	for group, err := range d.Client.Groups(ctx) {
		if err != nil {
			return nil, err
		}
		members, err := d.Client.GroupMembers(ctx, group.Name)
		if err != nil && !ram.NotFound(err, "Group") {
			return nil, err
		}
		for _, member := range members {
			all[member.UserID] = append(all[member.UserID], group.Name)
		}
	}
	return all, nil
}

// devices returns the serial number of the MFA device of each user, by the id of the user.
func (d *userAccessData) devices(ctx context.Context) (map[string]string, error) {
	devices, err := d.Client.MFADevices(ctx)
	all := map[string]string{}
	for _, device := range devices {
		if device.UserID != "" {
			all[device.UserID] = device.SerialNumber
		}
	}
	return all, err
}

// access reads the policies and AccessKey pairs of a user.
func (d *userAccessData) access(ctx context.Context, user ram.User, groups []string, now time.Time) (access userAccess, err error) {
	groups = append([]string{}, groups...)
	slices.Sort(groups)
	access = userAccess{
		UserName: types.StringValue(user.Name), UserID: types.StringValue(user.ID), GroupNames: tf.StringSet(groups),
		Policies: []attachedPolicy{}, AccessKeys: []datedKey{}, LastLoginDate: tf.Timestamp(user.LastLoginDate), IdleDays: types.Int64Null(),
	}
	var rights ram.Rights
	principals := []ram.Principal{{Kind: ram.UserPrincipal, Name: user.Name}}
	for _, group := range groups {
		principals = append(principals, ram.Principal{Kind: ram.GroupPrincipal, Name: group})
	}
	for _, p := range principals {
		policies, err := d.Client.AttachedPolicies(ctx, p)
		if err != nil && (p.Kind == ram.UserPrincipal || !ram.NotFound(err, "Group")) {
			return access, err
		}
		for _, policy := range policies {
			more, err := d.Client.PolicyRights(ctx, policy)
			if err != nil && !ram.NotFound(err, "Policy") {
				return access, err
			}
			rights.Administrator, rights.ChangesRAM = rights.Administrator || more.Administrator, rights.ChangesRAM || more.ChangesRAM
			shown := attachedPolicy{PolicyType: types.StringValue(policy.Type), PolicyName: types.StringValue(policy.Name), GroupName: types.StringNull()}
			if p.Kind == ram.GroupPrincipal {
				shown.GroupName = types.StringValue(p.Name)
			}
			access.Policies = append(access.Policies, shown)
		}
	}
	slices.SortStableFunc(access.Policies, func(a, b attachedPolicy) int {
		return cmp.Or(cmp.Compare(a.GroupName.ValueString(), b.GroupName.ValueString()), cmp.Compare(a.PolicyType.ValueString(), b.PolicyType.ValueString()), cmp.Compare(a.PolicyName.ValueString(), b.PolicyName.ValueString()))
	})
	access.Administrator, access.ChangesRAM = types.BoolValue(rights.Administrator), types.BoolValue(rights.ChangesRAM)
	keys, err := d.Client.AccessKeys(ctx, user.Name)
	for _, key := range keys {
		access.AccessKeys = append(access.AccessKeys, datedKey{
			ID: types.StringValue(key.ID), Status: types.StringValue(key.Status), CreateDate: tf.Timestamp(key.CreateDate),
			AgeDays: types.Int64Value(daysBetween(key.CreateDate, now)),
		})
	}
	return access, err
}

// newerCredentials adds the service credentials and the passkeys of a user, and the idle days. An endpoint may have neither.
func (d *userAccessData) newerCredentials(ctx context.Context, user ram.User, credentialsOf func(context.Context, ram.User) ([]ram.ServiceCredential, error), now time.Time, access *userAccess) error {
	access.Credentials, access.Passkeys = []datedService{}, []datedPasskey{}
	credentials, err := credentialsOf(ctx, user)
	if err != nil && !ram.NotServed(err) {
		return err
	}
	for _, one := range credentials {
		access.Credentials = append(access.Credentials, datedService{
			ID: types.StringValue(one.ID), ServiceName: tf.NonEmpty(one.ServiceName), Status: types.StringValue(one.Status), CreateTime: tf.Timestamp(one.CreateTime),
			AgeDays: types.Int64Value(daysBetween(one.CreateTime, now)), ExpirationTime: tf.Timestamp(one.ExpirationTime),
		})
	}
	passkeys, err := d.Client.Passkeys(ctx, user.Name)
	if err != nil && !ram.NotServed(err) {
		return err
	}
	slices.SortFunc(passkeys, func(x, y ram.Passkey) int { return cmp.Or(x.CreateDate.Compare(y.CreateDate), cmp.Compare(x.ID, y.ID)) })
	last := user.LastLoginDate
	for _, one := range passkeys {
		access.Passkeys = append(access.Passkeys, datedPasskey{ID: types.StringValue(one.ID), CreateDate: tf.Timestamp(one.CreateDate), LastUseDate: tf.Timestamp(one.LastUseDate)})
		if one.LastUseDate.After(last) {
			last = one.LastUseDate
		}
	}
	if !last.IsZero() {
		access.IdleDays = types.Int64Value(daysBetween(last, now))
	}
	return nil
}
