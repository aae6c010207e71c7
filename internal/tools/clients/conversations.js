// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

// Conversations of the vendor's Node SDKs with the fake service. Usage: node conversations.js RAMFAKE
//
// Each conversation is one operation: the SDK signs and sends it, the fake answers, and the answer is compared with
// what is expected. A field of an answer that the SDK does not know is an error too, and so is an operation of the
// fake that no conversation covers. The exit code is 1 if a conversation fails.
"use strict";

const assert = require("node:assert");
const { spawn } = require("node:child_process");
const { createHmac } = require("node:crypto");
const readline = require("node:readline");

const sdks = {
  Ram: require("@alicloud/ram20150501"),
  Ims: require("@alicloud/ims20190815"),
  Sts: require("@alicloud/sts20150401"),
};
const versions = { Ram: "2015-05-01", Ims: "2019-08-15", Sts: "2015-04-01" };
const { $OpenApiUtil } = require("@alicloud/openapi-core");
const { RuntimeOptions } = require("@darabonba/typescript");

// Fields that newer documentation has and that the pinned SDKs do not know.
const newer = [
  /\.LoginProfile\.PasswordStatus$/, // documented since January 2026
  /\.Group\.UpdateDate$/, /\.Users\.User\.UserId$/, /\.Policy\.AttachmentCount$/, // in samples of the reference
  /\.PasswordPolicy\.(InitialPasswordAge|InterceptRiskPasswordOnApi)$/, /\.AllowUserToManageServiceCredentials$/, /\.ApplicationLoginPreference$/,
  /\.UserSsoSettings\.UseTenantSpecificSp$/, /\.SummaryMap\.(AuthorizedClientPerUserQuota|ServiceCredentialsPerUserPerServiceQuota)$/, // on the reference's pages
  /\.Extra(Flag|Number|Text|Preference)$/, // the fake returns fields that no client knows, on purpose
];

const results = { passed: 0, failed: [], covered: new Set() };

// The clients of one key, by product.
function clientsOf(address, key) {
  const clients = {};
  for (const [product, sdk] of Object.entries(sdks)) {
    clients[product] = new sdk.default(new $OpenApiUtil.Config({
      accessKeyId: key.access_key_id, accessKeySecret: key.access_key_secret, securityToken: key.security_token,
      endpoint: address, protocol: "HTTP", regionId: "cn-hangzhou",
    }));
    const send = clients[product].callApi;
    clients[product].callApi = async function (...args) { // keep the raw answer
      this.answer = await send.apply(this, args);
      return this.answer;
    };
  }
  return clients;
}

// request returns the request of the SDK with values whose names are those of the service.
function request(Model, values) {
  const types = Model.types(), camel = Object.fromEntries(Object.entries(Model.names()).map(([mine, theirs]) => [theirs, mine]));
  const fields = {};
  for (const [name, value] of Object.entries(values)) {
    assert(camel[name], `the SDK does not know the parameter ${name} of ${Model.name}`);
    const of = types[camel[name]];
    fields[camel[name]] = of && of.type === "array" && of.itemType.names ? value.map((item) => request(of.itemType, item)) : value;
  }
  return new Model(fields);
}

// unknownFields returns the fields of an answer that a model of the SDK does not have.
function unknownFields(value, Model, path) {
  if (Array.isArray(Model)) return [];
  if (Model && Model.type === "array") return (value || []).flatMap((item) => unknownFields(item, Model.itemType, path));
  if (!Model || !Model.names || typeof value !== "object" || value === null) return [];
  const types = Model.types(), camel = Object.fromEntries(Object.entries(Model.names()).map(([mine, theirs]) => [theirs, mine]));
  return Object.entries(value).flatMap(([name, field]) => {
    const at = `${path}.${name}`;
    return camel[name] ? unknownFields(field, types[camel[name]], at) : [at];
  });
}

// ask sends one operation, with its method in the SDK, or with the generic call of the SDK if it has none.
async function ask(client, product, action, values) {
  const sdk = sdks[product], lower = action.toLowerCase();
  const method = Object.getOwnPropertyNames(sdk.default.prototype).find((name) => name.toLowerCase() === `${lower}withoptions`);
  const runtime = new RuntimeOptions({ autoretry: false, readTimeout: 10000, connectTimeout: 5000 });
  if (!method) {
    const params = new $OpenApiUtil.Params({
      action, version: versions[product], protocol: "HTTP", pathname: "/", method: "POST", authType: "AK", style: "RPC", reqBodyType: "formData", bodyType: "json",
    });
    return (await client.callApi(params, new $OpenApiUtil.OpenApiRequest({ query: values }), runtime)).body;
  }
  const model = (suffix) => sdk[Object.keys(sdk).find((name) => name.toLowerCase() === `${lower}${suffix}`)];
  const Request = model("request");
  if (Request) await client[method](request(Request, values), runtime);
  else await client[method](runtime);
  const unknown = unknownFields(client.answer.body, model("responsebody"), action).filter((field) => !newer.some((known) => known.test(field)));
  assert.deepStrictEqual(unknown, [], "fields that the SDK does not know");
  return client.answer.body;
}

// talk is one conversation: an expected code, or a check of the answer.
async function talk(clients, name, values, expected) {
  const [product, action] = name.split("/");
  results.covered.add(name);
  let body = {};
  try {
    try {
      body = await ask(clients[product], product, action, values || {});
      assert(typeof expected !== "string", `it succeeded, but ${expected} is expected`);
      assert(body.RequestId, "there is no RequestId");
      if (expected) expected(body);
    } catch (error) {
      if (typeof expected !== "string" || error.code !== expected) throw error;
    }
    results.passed++;
  } catch (error) {
    results.failed.push(`${name} ${JSON.stringify(values || {})}: ${error.code || ""} ${error.message}`);
  }
  return body || {};
}

// totp returns the code of a seed at a time (RFC 6238).
function totp(seed, seconds) {
  const bits = [...seed.replace(/=+$/, "")].map((c) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(c).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(seconds / 30)));
  const mac = createHmac("sha1", key).update(step).digest();
  const at = mac[19] & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1000000).padStart(6, "0");
}

const codes = (seed) => ({ AuthenticationCode1: totp(seed, Date.now() / 1000 - 30), AuthenticationCode2: totp(seed, Date.now() / 1000) });
const equal = (...pairs) => (body) => { for (const [get, want] of pairs) assert.deepStrictEqual(get(body), want); };
const document = JSON.stringify({ Statement: [{ Action: ["oss:Get*"], Effect: "Allow", Resource: ["*"] }], Version: "1" });
const keyPolicy = JSON.stringify({ Version: 1, Status: "Active", Statements: [{ Type: "ClassicWhiteList", IPList: ["192.0.2.0/24"] }] });

async function converse(address, key, control) {
  const root = clientsOf(address, key);
  const say = (name, values, expected) => talk(root, name, values, expected);
  const caller = await say("Sts/GetCallerIdentity", {}, equal([(b) => b.AccountId, key.account_id]));
  const domain = (await say("Ims/GetDefaultDomain", {})).DefaultDomainName;
  const upn = (name) => ({ UserPrincipalName: `${name}@${domain}` });

  // Users.
  const alice = (await say("Ram/CreateUser", { UserName: "alice", DisplayName: "Alice", Email: "alice@example.com" }, equal([(b) => b.User.UserName, "alice"]))).User || {};
  await say("Ram/CreateUser", { UserName: "alice" }, "EntityAlreadyExists.User");
  await say("Ims/CreateUser", { ...upn("bob"), DisplayName: "Bob", Tag: [{ Key: "team", Value: "ops" }] }, equal([(b) => b.User.DisplayName, "Bob"]));
  await say("Ram/GetUser", { UserName: "alice" }, equal([(b) => b.User.UserId, alice.UserId], [(b) => b.User.Email, "alice@example.com"]));
  await say("Ram/GetUser", { UserName: "nobody" }, "EntityNotExist.User");
  await say("Ims/GetUser", { UserId: alice.UserId }, equal([(b) => b.User.UserPrincipalName, `alice@${domain}`]));
  await say("Ram/UpdateUser", { UserName: "alice", NewComments: "one" });
  await say("Ims/UpdateUser", { ...upn("alice"), NewDisplayName: "Al" }, equal([(b) => b.User.DisplayName, "Al"], [(b) => b.User.Comments, "one"]));
  await say("Ram/ListUsers", { MaxItems: 1 }, equal([(b) => b.Users.User.length, 1], [(b) => b.IsTruncated, true]));
  await say("Ims/ListUsers", {}, (b) => assert(b.Users.User.some((u) => u.UserId === alice.UserId)));
  await say("Ims/ListUserBasicInfos", {}, (b) => assert(b.UserBasicInfos.UserBasicInfo.length >= 2));

  // Tags.
  await say("Ims/TagResources", { ResourceType: "user", ResourcePrincipalName: [`alice@${domain}`], Tag: [{ Key: "a", Value: "1" }] });
  await say("Ims/ListTagResources", { ResourceType: "user", ResourcePrincipalName: [`alice@${domain}`] }, equal([(b) => b.TagResources.TagResource.length, 1]));
  await say("Ims/UntagResources", { ResourceType: "user", ResourcePrincipalName: [`alice@${domain}`], TagKey: ["a"] });

  // Login profiles and passwords.
  await say("Ram/CreateLoginProfile", { UserName: "alice", Password: "Chosen-4-the-first-logon!" }, equal([(b) => b.LoginProfile.UserName, "alice"]));
  await say("Ram/GetLoginProfile", { UserName: "alice" }, equal([(b) => b.LoginProfile.UserName, "alice"]));
  await say("Ram/UpdateLoginProfile", { UserName: "alice", MFABindRequired: true });
  await say("Ims/GetLoginProfile", upn("alice"), equal([(b) => b.LoginProfile.MFABindRequired, true]));
  await say("Ims/UpdateLoginProfile", { ...upn("alice"), Status: "Inactive" }, equal([(b) => b.LoginProfile.Status, "Inactive"]));
  await say("Ram/DeleteLoginProfile", { UserName: "alice" });
  await say("Ims/CreateLoginProfile", { ...upn("alice"), Password: "Another-5-for-the-logon!" });
  await say("Ims/DeleteLoginProfile", upn("alice"));
  await say("Ims/GetLoginProfile", upn("alice"), "EntityNotExist.User.LoginProfile");

  // AccessKeys, their network policies and the recycle bin.
  const first = (await say("Ram/CreateAccessKey", { UserName: "alice" }, equal([(b) => b.AccessKey.Status, "Active"]))).AccessKey || {};
  const second = (await say("Ims/CreateAccessKey", upn("alice"), (b) => assert(b.AccessKey.AccessKeySecret))).AccessKey || {};
  await say("Ram/CreateAccessKey", { UserName: "alice" }, "LimitExceeded.User.AccessKey");
  await say("Ram/ListAccessKeys", { UserName: "alice" }, equal([(b) => b.AccessKeys.AccessKey.length, 2]));
  await say("Ims/ListAccessKeys", upn("alice"), equal([(b) => b.AccessKeys.AccessKey.length, 2]));
  await say("Ims/GetUser", { UserAccessKeyId: first.AccessKeyId }, equal([(b) => b.User.UserId, alice.UserId]));
  await say("Ram/GetAccessKeyLastUsed", { UserName: "alice", UserAccessKeyId: first.AccessKeyId }, (b) => assert("AccessKeyLastUsed" in b));
  await say("Ims/GetAccessKeyLastUsed", { ...upn("alice"), UserAccessKeyId: first.AccessKeyId }, (b) => assert("AccessKeyLastUsed" in b));
  await say("Ims/SetAccessKeyPolicy", { ...upn("alice"), UserAccessKeyId: first.AccessKeyId, AccessKeyPolicy: keyPolicy });
  await say("Ims/GetAccessKeyPolicy", { ...upn("alice"), UserAccessKeyId: first.AccessKeyId });
  await say("Ram/UpdateAccessKey", { UserName: "alice", UserAccessKeyId: first.AccessKeyId, Status: "Inactive" });
  await say("Ims/UpdateAccessKey", { ...upn("alice"), UserAccessKeyId: second.AccessKeyId, Status: "Inactive" });
  await say("Ram/DeleteAccessKey", { UserName: "alice", UserAccessKeyId: first.AccessKeyId });
  await say("Ims/DeleteAccessKey", { ...upn("alice"), UserAccessKeyId: second.AccessKeyId });
  await say("Ims/ListAccessKeysInRecycleBin", { UserId: alice.UserId }, equal([(b) => b.AccessKeys.AccessKey.length, 2]));
  await say("Ims/GetAccessKeyInfoInRecycleBin", { UserAccessKeyId: first.AccessKeyId }, equal([(b) => b.AccessKey.UserId, alice.UserId]));
  await say("Ims/RestoreAccessKeyFromRecycleBin", { UserId: alice.UserId, UserAccessKeyId: first.AccessKeyId });
  await say("Ims/DeleteAccessKeyInRecycleBin", { UserId: alice.UserId, UserAccessKeyId: second.AccessKeyId });

  // Service credentials.
  const credential = (await say("Ims/CreateServiceCredential", { ...upn("alice"), ServiceName: "dashscope.aliyuncs.com", ServiceCredentialName: "ci", CredentialAgeDays: 30 })).ServiceCredential || {};
  const named = { ...upn("alice"), ServiceCredentialId: credential.ServiceCredentialId };
  await say("Ims/GetServiceCredential", named);
  await say("Ims/ListServiceCredentials", upn("alice"));
  await say("Ims/UpdateServiceCredential", { ...named, Status: "Inactive" });
  await say("Ims/DeleteServiceCredential", named);

  // MFA devices: alice's through Ram, bob's through Ims.
  const phone = (await say("Ram/CreateVirtualMFADevice", { VirtualMFADeviceName: "phone" }, (b) => assert(b.VirtualMFADevice.Base32StringSeed))).VirtualMFADevice || {};
  const tablet = (await say("Ims/CreateVirtualMFADevice", { VirtualMFADeviceName: "tablet" }, (b) => assert(b.VirtualMFADevice.QRCodePNG))).VirtualMFADevice || {};
  await say("Ram/BindMFADevice", { UserName: "alice", SerialNumber: phone.SerialNumber, AuthenticationCode1: "000000", AuthenticationCode2: "000000" }, "CheckAuthenticationCodeFail");
  await say("Ram/BindMFADevice", { UserName: "alice", SerialNumber: phone.SerialNumber, ...codes(phone.Base32StringSeed || "A") });
  await say("Ims/BindMFADevice", { ...upn("bob"), SerialNumber: tablet.SerialNumber, ...codes(tablet.Base32StringSeed || "A") });
  await say("Ram/GetUserMFAInfo", { UserName: "alice" }, equal([(b) => b.MFADevice.SerialNumber, phone.SerialNumber]));
  await say("Ims/GetUserMFAInfo", upn("bob"), equal([(b) => b.MFADevice.SerialNumber, tablet.SerialNumber]));
  await say("Ram/ListVirtualMFADevices", {}, equal([(b) => b.VirtualMFADevices.VirtualMFADevice.length, 2]));
  await say("Ims/ListVirtualMFADevices", {}, equal([(b) => b.VirtualMFADevices.VirtualMFADevice.length, 2]));
  await say("Ram/UnbindMFADevice", { UserName: "alice" }, equal([(b) => b.MFADevice.SerialNumber, phone.SerialNumber]));
  await say("Ims/UnbindMFADevice", upn("bob"));
  const watch = (await say("Ram/CreateVirtualMFADevice", { VirtualMFADeviceName: "watch" })).VirtualMFADevice || {};
  await say("Ram/BindMFADevice", { UserName: "bob", SerialNumber: watch.SerialNumber, ...codes(watch.Base32StringSeed || "A") });
  await say("Ims/DisableVirtualMFA", upn("bob"));
  await say("Ram/DeleteVirtualMFADevice", { SerialNumber: phone.SerialNumber });
  await say("Ims/DeleteVirtualMFADevice", { SerialNumber: tablet.SerialNumber });
  await say("Ims/ListPasskeys", upn("alice"));
  await say("Ims/UpdatePasskey", { ...upn("alice"), PasskeyId: "missing", PasskeyName: "laptop" }, "EntityNotExist.Passkey");
  await say("Ims/DeletePasskey", { ...upn("alice"), PasskeyId: "missing" }, "EntityNotExist.Passkey");

  // Verification.
  await say("Ims/SetVerificationInfo", { ...upn("alice"), VerifyType: "email", Email: "alice@example.com" });
  await say("Ims/GetVerificationInfo", upn("alice"), equal([(b) => b.SecurityEmailDevice.Email, "alice@example.com"]));
  await say("Ims/UnbindVerification", { ...upn("alice"), VerifyType: "email", Email: "alice@example.com" });

  // Groups.
  await say("Ram/CreateGroup", { GroupName: "operators", Comments: "on call" }, equal([(b) => b.Group.GroupName, "operators"]));
  await say("Ims/CreateGroup", { GroupName: "developers", DisplayName: "Developers" }, equal([(b) => b.Group.DisplayName, "Developers"]));
  await say("Ram/GetGroup", { GroupName: "operators" }, equal([(b) => b.Group.Comments, "on call"]));
  await say("Ims/GetGroup", { GroupName: "developers" });
  await say("Ram/UpdateGroup", { GroupName: "operators", NewComments: "off call" });
  await say("Ims/UpdateGroup", { GroupName: "developers", NewGroupName: "builders" }, equal([(b) => b.Group.GroupName, "builders"]));
  await say("Ram/ListGroups", {}, equal([(b) => b.Groups.Group.length, 2]));
  await say("Ims/ListGroups", {}, equal([(b) => b.Groups.Group.length, 2]));
  await say("Ram/AddUserToGroup", { UserName: "alice", GroupName: "operators" });
  await say("Ram/AddUserToGroup", { UserName: "alice", GroupName: "operators" }, "EntityAlreadyExists.User.Group");
  await say("Ims/AddUserToGroup", { ...upn("bob"), GroupName: "builders" });
  await say("Ram/ListUsersForGroup", { GroupName: "operators" }, (b) => assert(b.Users.User[0].JoinDate));
  await say("Ims/ListUsersForGroup", { GroupName: "builders" }, equal([(b) => b.Users.User.length, 1]));
  await say("Ram/ListGroupsForUser", { UserName: "alice" }, equal([(b) => b.Groups.Group[0].GroupName, "operators"]));
  await say("Ims/ListGroupsForUser", upn("bob"), equal([(b) => b.Groups.Group[0].GroupName, "builders"]));

  // Policies and their versions.
  await say("Ram/CreatePolicy", { PolicyName: "read-objects", PolicyDocument: document }, equal([(b) => b.Policy.DefaultVersion, "v1"]));
  await say("Ram/GetPolicy", { PolicyName: "read-objects", PolicyType: "Custom" }, equal([(b) => b.DefaultPolicyVersion.PolicyDocument, document]));
  await say("Ram/ListPolicies", { PolicyType: "Custom" }, equal([(b) => b.Policies.Policy.length, 1]));
  await say("Ram/UpdatePolicyDescription", { PolicyName: "read-objects", NewDescription: "reads" });
  await say("Ram/CreatePolicyVersion", { PolicyName: "read-objects", PolicyDocument: document }, equal([(b) => b.PolicyVersion.VersionId, "v2"]));
  await say("Ram/SetDefaultPolicyVersion", { PolicyName: "read-objects", VersionId: "v2" });
  await say("Ram/GetPolicyVersion", { PolicyName: "read-objects", PolicyType: "Custom", VersionId: "v2" }, equal([(b) => b.PolicyVersion.IsDefaultVersion, true]));
  await say("Ram/ListPolicyVersions", { PolicyName: "read-objects", PolicyType: "Custom" }, equal([(b) => b.PolicyVersions.PolicyVersion.length, 2]));
  await say("Ram/DeletePolicyVersion", { PolicyName: "read-objects", VersionId: "v1" });

  // Roles, and a session of one.
  const trust = JSON.stringify({ Statement: [{ Action: "sts:AssumeRole", Effect: "Allow", Principal: { RAM: [`acs:ram::${caller.AccountId}:root`] } }], Version: "1" });
  const role = (await say("Ram/CreateRole", { RoleName: "deploy", AssumeRolePolicyDocument: trust }, equal([(b) => b.Role.RoleName, "deploy"]))).Role || {};
  await say("Ram/GetRole", { RoleName: "deploy" }, equal([(b) => b.Role.RoleId, role.RoleId]));
  await say("Ram/UpdateRole", { RoleName: "deploy", NewDescription: "deploys" });
  await say("Ram/ListRoles", {}, (b) => assert(b.Roles.Role.some((r) => r.RoleName === "deploy")));
  const session = (await say("Sts/AssumeRole", { RoleArn: role.Arn, RoleSessionName: "ci", DurationSeconds: 900 }, (b) => assert(b.Credentials.SecurityToken))).Credentials;
  if (session) {
    const assumed = clientsOf(address, { access_key_id: session.AccessKeyId, access_key_secret: session.AccessKeySecret, security_token: session.SecurityToken });
    await talk(assumed, "Sts/GetCallerIdentity", {}, equal([(b) => b.IdentityType, "AssumedRoleUser"], [(b) => b.AccountId, caller.AccountId]));
  }
  await say("Sts/AssumeRoleWithOIDC", { OIDCProviderArn: `acs:ram::${caller.AccountId}:oidc-provider/missing`, RoleArn: role.Arn, OIDCToken: "a.b.c", RoleSessionName: "ci" }, "EntityNotExist.OIDCProvider");

  // Attachments.
  for (const [kind, name] of [["User", "alice"], ["Group", "operators"], ["Role", "deploy"]]) {
    const policy = { PolicyName: "read-objects", PolicyType: "Custom", [`${kind}Name`]: name };
    await say(`Ram/AttachPolicyTo${kind}`, policy);
    await say(`Ram/ListPoliciesFor${kind}`, { [`${kind}Name`]: name }, (b) => assert(b.Policies.Policy[0].AttachDate));
  }
  await say("Ram/ListEntitiesForPolicy", { PolicyName: "read-objects", PolicyType: "Custom" }, equal([(b) => [b.Users.User.length, b.Groups.Group.length, b.Roles.Role.length], [1, 1, 1]]));
  await say("Ram/DeletePolicy", { PolicyName: "read-objects" }, "DeleteConflict.Policy.User");
  await say("Ram/DetachPolicyFromUser", { PolicyName: "read-objects", PolicyType: "Custom", UserName: "alice" });
  await say("Ram/DetachPolicyFromGroup", { PolicyName: "read-objects", PolicyType: "Custom", GroupName: "operators" });
  await say("Ram/DetachPolicyFromRole", { PolicyName: "read-objects", PolicyType: "Custom", RoleName: "deploy" });
  await say("Ram/TagResources", { ResourceType: "role", ResourceNames: ["deploy"], Tag: [{ Key: "a", Value: "1" }] });
  await say("Ram/ListTagResources", { ResourceType: "role", ResourceNames: ["deploy"] }, equal([(b) => b.TagResources.length, 1]));
  await say("Ram/UntagResources", { ResourceType: "role", ResourceNames: ["deploy"], TagKeys: ["a"] });
  await say("Ram/DeletePolicyVersion", { PolicyName: "read-objects", VersionId: "v2" }, "DeleteConflict.Policy.Version.Default");
  await say("Ram/DeletePolicy", { PolicyName: "read-objects" });
  await say("Ram/DeleteRole", { RoleName: "deploy" });
  await say("Ram/DeleteGroup", { GroupName: "operators" }, "DeleteConflict.Group.User");
  await say("Ram/RemoveUserFromGroup", { UserName: "alice", GroupName: "operators" });
  await say("Ims/RemoveUserFromGroup", { ...upn("bob"), GroupName: "builders" });
  await say("Ram/DeleteGroup", { GroupName: "operators" });
  await say("Ims/DeleteGroup", { GroupName: "builders" });

  // A user changes its own password.
  const bobs = (await say("Ims/CreateAccessKey", upn("bob"))).AccessKey || {};
  await say("Ims/CreateLoginProfile", { ...upn("bob"), Password: "First-6-of-the-user-bob!" });
  const bob = clientsOf(address, { access_key_id: bobs.AccessKeyId, access_key_secret: bobs.AccessKeySecret });
  await talk(bob, "Ram/ChangePassword", { OldPassword: "First-6-of-the-user-bob!", NewPassword: "Second-7-of-the-user-bob!" });
  await talk(bob, "Ims/ChangePassword", { OldPassword: "Second-7-of-the-user-bob!", NewPassword: "Third-8-of-the-user-bob!" });
  await say("Ims/UpdateAccessKey", { ...upn("bob"), UserAccessKeyId: bobs.AccessKeyId, Status: "Inactive" });

  // The recycle bin of users.
  await say("Ram/DeleteAccessKey", { UserName: "alice", UserAccessKeyId: first.AccessKeyId });
  await say("Ram/DeleteUser", { UserName: "alice" });
  await say("Ims/ListUsersInRecycleBin", {}, equal([(b) => b.Users.User[0].UserId, alice.UserId]));
  await say("Ims/GetUserInRecycleBin", { UserId: alice.UserId }, equal([(b) => b.User.UserPrincipalName, `alice@${domain}`]));
  await say("Ims/RestoreUserFromRecycleBin", { UserId: alice.UserId });
  await say("Ims/DeleteUser", upn("alice"));
  await say("Ims/DeleteUserInRecycleBin", { UserId: alice.UserId });
  await say("Ims/GetUserInRecycleBin", { UserId: alice.UserId }, "EntityNotExist.User");

  // Settings of the account.
  await say("Ram/GetPasswordPolicy", {}, (b) => assert("MinimumPasswordLength" in b.PasswordPolicy));
  await say("Ram/SetPasswordPolicy", { MinimumPasswordLength: 12, RequireNumbers: true }, equal([(b) => b.PasswordPolicy.MinimumPasswordLength, 12]));
  await say("Ims/SetPasswordPolicy", { MinimumPasswordLength: 14 }, equal([(b) => b.PasswordPolicy.MinimumPasswordLength, 14]));
  await say("Ims/GetPasswordPolicy", {}, equal([(b) => b.PasswordPolicy.MinimumPasswordLength, 14]));
  await say("Ram/GetSecurityPreference", {}, (b) => assert(b.SecurityPreference.LoginProfilePreference));
  await say("Ram/SetSecurityPreference", { LoginSessionDuration: 8 }, equal([(b) => b.SecurityPreference.LoginProfilePreference.LoginSessionDuration, 8]));
  await say("Ims/SetSecurityPreference", { LoginSessionDuration: 9 }, equal([(b) => b.SecurityPreference.LoginProfilePreference.LoginSessionDuration, 9]));
  await say("Ims/GetSecurityPreference", {}, equal([(b) => b.SecurityPreference.LoginProfilePreference.LoginSessionDuration, 9]));
  await say("Ims/GetUserSsoSettings", {}, equal([(b) => b.UserSsoSettings.SsoEnabled, false]));
  await say("Ims/SetUserSsoSettings", { AuxiliaryDomain: "example.com" }, equal([(b) => b.UserSsoSettings.AuxiliaryDomain, "example.com"]));
  await say("Ims/SetAccessKeyPolicyForAccount", { AccessKeyPolicy: JSON.stringify({ Version: 1, Status: "Inactive", Statements: [{ Type: "ClassicWhiteList", IPList: ["192.0.2.0/24"] }] }) });
  await say("Ims/GetAccessKeyPolicyForAccount", {});
  await say("Ram/SetAccountAlias", { AccountAlias: "acme-corp" });
  await say("Ram/GetAccountAlias", {}, equal([(b) => b.AccountAlias, "acme-corp"]));
  await say("Ims/SetDefaultDomain", { DefaultDomainName: "acme-corp.onaliyun.com" });
  await say("Ram/ClearAccountAlias", {});
  await say("Ims/GetAccountSummary", {}, (b) => assert("Users" in b.SummaryMap));
  await say("Ims/GetAccountMFAInfo", {}, (b) => assert("IsMFAEnable" in b));
  await say("Ims/GetAccountSecurityPracticeReport", {}, (b) => assert(b.AccountSecurityPracticeInfo));

  // Reports.
  await say("Ims/GetCredentialReport", {}, "EntityNotExist.CredentialReport");
  await say("Ims/ListRecentGovernanceMetrics", {}, "EntityNotExist.GovernanceReport");
  await say("Ims/GenerateCredentialReport", {}, (b) => assert(b.State));
  await say("Ims/GenerateGovernanceReport", {});
  for (let poll = 0; poll < 10; poll++) {
    const credential = await say("Ims/GenerateCredentialReport", {}), governance = await say("Ims/GetGovernanceReportStatus", {});
    if (credential.State === "COMPLETE" && !JSON.stringify(governance).includes("STARTED") && poll > 2) break;
  }
  await say("Ims/GetCredentialReport", {}, (b) => assert(Buffer.from(b.Content, "base64").toString().startsWith("user,")));
  await say("Ims/ListRecentGovernanceMetrics", {}, (b) => assert(b.GovernanceMetrics.GovernanceMetric.length > 0));
  await say("Ims/GetGovernanceItemReport", { GovernanceItemType: "SSOLoginEnabled" });

  // What the fake does not implement answers 501 with a word, and never with the service's 404.
  const operations = await control("operations");
  for (const [name, implemented] of Object.entries(operations)) {
    if (implemented || name.startsWith("Sts/")) continue; // those take no signature
    const [product, action] = name.split("/");
    const params = new $OpenApiUtil.Params({ action, version: versions[product], protocol: "HTTP", pathname: "/", method: "POST", authType: "AK", style: "RPC", reqBodyType: "formData", bodyType: "json" });
    try {
      await root[product].callApi(params, new $OpenApiUtil.OpenApiRequest({ query: {} }), new RuntimeOptions({ autoretry: false }));
      results.failed.push(`${name}: it is not implemented, but succeeded`);
    } catch (error) {
      if (error.statusCode !== 501 || error.code !== "NotImplementedByFake") results.failed.push(`${name}: ${error.statusCode} ${error.code}, expected 501`);
      else results.passed++;
    }
  }
  for (const [name, implemented] of Object.entries(operations)) {
    if (implemented && !results.covered.has(name)) results.failed.push(`${name}: no conversation covers it`);
  }
  for (const [product, sdk] of Object.entries(sdks)) {
    for (const method of Object.getOwnPropertyNames(sdk.default.prototype).filter((name) => name.endsWith("WithOptions"))) {
      const known = Object.keys(operations).some((name) => name.toLowerCase() === `${product}/${method.slice(0, -"WithOptions".length)}`.toLowerCase());
      if (!known) results.failed.push(`${product}/${method.slice(0, -"WithOptions".length)}: the SDK has it, and the table of the fake does not`);
    }
  }
  for (const violation of await control("violations")) results.failed.push(`violation: ${JSON.stringify(violation)}`);
}

async function main() {
  const fake = spawn(process.argv[2], ["-listen", "127.0.0.1:0", "-strict"], { stdio: ["ignore", "pipe", "inherit"] });
  try {
    const line = await new Promise((resolve, reject) => {
      readline.createInterface({ input: fake.stdout }).once("line", resolve);
      fake.once("exit", (code) => reject(new Error(`ramfake ended with ${code}`)));
    });
    const key = JSON.parse(line);
    const address = key.address.replace(/^http:\/\//, "");
    await converse(address, key, async (path) => (await fetch(`http://${address}/_ramfake/${path}`)).json());
  } finally {
    fake.kill();
  }
  for (const failure of results.failed) console.log(`FAILED ${failure}`);
  console.log(`${results.passed} conversations over ${results.covered.size} operations passed, ${results.failed.length} failed.`);
  process.exitCode = results.failed.length > 0 ? 1 : 0;
}

main().catch((error) => { console.error(error); process.exitCode = 1; });
