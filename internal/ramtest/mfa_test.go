// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image/png"
	"strings"
	"testing"
	"time"

	"rsc.io/qr"
)

func TestTOTP_vectors(t *testing.T) {
	t.Parallel()
	const seed = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
	for at, codes := range map[int64][2]string{
		59:         {"287082", "359152"},
		1111111109: {"081804", "050471"},
		1234567890: {"005924", "590587"},
		2000000000: {"279037", "637009"},
	} {
		equal(t, "code", TOTP(seed, time.Unix(at, 0)), codes[0])
		equal(t, "next code", TOTP(seed, time.Unix(at+30, 0)), codes[1])
	}
	equal(t, "no seed", TOTP("not base32!", time.Unix(59, 0)), "")
}

// withDevice starts a server with a user alice and an unbound device.
func withDevice(t *testing.T, options ...Option) (s *Server, c *client, serial, seed string) {
	t.Helper()
	s, c = still(t, options...)
	inhabited(s, "alice", "bob")
	created := c.ok("Ims", "CreateVirtualMFADevice", "VirtualMFADeviceName", "phone")
	return s, c, created.at("VirtualMFADevice.SerialNumber").(string), created.at("VirtualMFADevice.Base32StringSeed").(string)
}

// binding returns the parameters that bind a device to a user with the codes of the time step at an offset and of the next
// step.
func binding(s *Server, product, user, serial, seed string, offset int) []string {
	first := s.Now().Add(time.Duration(offset) * totpStep)
	return of(product, user, "SerialNumber", serial,
		"AuthenticationCode1", TOTP(seed, first), "AuthenticationCode2", TOTP(seed, first.Add(totpStep)))
}

func TestCreateVirtualMFADevice_returnsTheSeedOnce(t *testing.T) {
	t.Parallel()
	inBoth(t, func(t *testing.T, product string) {
		s, c := still(t)
		created := c.ok(product, "CreateVirtualMFADevice", "VirtualMFADeviceName", "phone.alice-1")
		seed := created.at("VirtualMFADevice.Base32StringSeed").(string)
		equal(t, "serial", created.at("VirtualMFADevice.SerialNumber"), "acs:ram::"+defaultAccountID+":mfa/phone.alice-1")
		equal(t, "seed's length", len(seed), 64)
		file, err := base64.StdEncoding.DecodeString(created.at("VirtualMFADevice.QRCodePNG").(string))
		if err != nil {
			t.Fatal(err)
		}
		picture, err := png.Decode(bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		code, err := qr.Encode("otpauth://totp/"+defaultAccountID+"?issuer=Aliyun&secret="+seed, qr.M)
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "size", picture.Bounds().Dx(), (code.Size+8)*code.Scale)
		for x := range code.Size {
			for y := range code.Size {
				red, _, _, _ := picture.At((x+4)*code.Scale, (y+4)*code.Scale).RGBA()
				if (red == 0) != code.Black(x, y) {
					t.Fatalf("the QR code does not encode the seed's address at %d,%d", x, y)
				}
			}
		}
		listed := c.ok(product, "ListVirtualMFADevices")
		if strings.Contains(listed.text, seed) {
			t.Error("a list contains the seed")
		}
		equal(t, "kept seed", s.defaultAccount().MFADevices["acs:ram::"+defaultAccountID+":mfa/phone.alice-1"].Seed, seed)
	})
}

func TestCreateVirtualMFADevice_name(t *testing.T) {
	t.Parallel()
	inBoth(t, func(t *testing.T, product string) {
		s := New(t)
		c := admin(t, s)
		for name, code := range map[string]string{
			strings.Repeat("x", 65): "InvalidParameter.VirtualMFADeviceName.Length",
			"my phone":              "InvalidParameter.VirtualMFADeviceName.InvalidChars",
			"my_phone":              "InvalidParameter.VirtualMFADeviceName.InvalidChars",
			"":                      "MissingVirtualMFADeviceName",
		} {
			c.refused(code, product, "CreateVirtualMFADevice", "VirtualMFADeviceName", name)
		}
		s.Change(func(a *Account) { a.Quotas.VirtualMFADevices = 1 })
		c.ok(product, "CreateVirtualMFADevice", "VirtualMFADeviceName", "phone")
		c.refused("EntityAlreadyExists.VirtualMFADevice", product, "CreateVirtualMFADevice", "VirtualMFADeviceName", "phone")
		c.refused("LimitExceeded.VirtualMFADevice", product, "CreateVirtualMFADevice", "VirtualMFADeviceName", "other")
	})
}

func TestMFADevice_lifeCycle(t *testing.T) {
	t.Parallel()
	inBoth(t, func(t *testing.T, product string) {
		s, c, serial, seed := withDevice(t)
		unbound, name := reply{"SerialNumber": serial}, of(product, "alice")
		if product == "Ims" {
			unbound["User"] = reply{}
		}
		devices := func() any {
			return c.ok(product, "ListVirtualMFADevices").list("VirtualMFADevices.VirtualMFADevice", "SerialNumber")
		}
		equal(t, "unbound", devices(), []reply{unbound})
		c.ok(product, "BindMFADevice", binding(s, product, "alice", serial, seed, -1)...)
		equal(t, "bound", devices(), []reply{{
			"SerialNumber": serial, "ActivateDate": "2026-01-12T09:12:00Z",
			"User": reply{"UserId": idOf(s, "alice"), name[0]: name[1], "DisplayName": "alice"},
		}})
		info := c.ok(product, "GetUserMFAInfo", name...)
		equal(t, "info", info.at("MFADevice"), reply{"SerialNumber": serial, "Type": "VMFA"})
		equal(t, "enabled", info.at("IsMFAEnable"), map[string]any{"Ims": true}[product])
		c.refused("DeleteConflict.VirtualMFADevice.User", product, "DeleteVirtualMFADevice", "SerialNumber", serial)
		c.refused("DeleteConflict.User.MFADevice", product, "DeleteUser", name...)
		equal(t, "unbinding", c.ok(product, "UnbindMFADevice", name...).at("MFADevice.SerialNumber"), serial)
		equal(t, "unbound again", devices(), []reply{unbound})
		c.refused("EntityNotExist.User.MFADevice", product, "UnbindMFADevice", name...)
		c.ok(product, "DeleteVirtualMFADevice", "SerialNumber", serial)
		c.refused("EntityNotExist.VirtualMFADevice", product, "DeleteVirtualMFADevice", "SerialNumber", serial)
	})
}

func TestMFADevice_renamedUser(t *testing.T) {
	t.Parallel()
	s, c, serial, seed := withDevice(t)
	c.ok("Ram", "BindMFADevice", binding(s, "Ram", "alice", serial, seed, 0)...)
	c.ok("Ram", "UpdateUser", "UserName", "alice", "NewUserName", "alicia")
	device := c.ok("Ram", "ListVirtualMFADevices").list("VirtualMFADevices.VirtualMFADevice", "SerialNumber")[0]
	equal(t, "user", device["User"].(map[string]any)["UserName"], "alicia")
	equal(t, "info", c.ok("Ram", "GetUserMFAInfo", "UserName", "alicia").at("MFADevice.SerialNumber"), serial)
}

func TestBindMFADevice_steps(t *testing.T) {
	t.Parallel()
	for _, punctual := range []bool{false, true} {
		for offset := -4; offset <= 2; offset++ {
			t.Run(fmt.Sprint(punctual, offset), func(t *testing.T) {
				t.Parallel()
				s, c, serial, seed := withDevice(t, WithBehaviour(func(b *Behaviour) { b.RefuseOlderCodes = punctual }))
				code := "CheckAuthenticationCodeFail"
				if !punctual && offset >= -2 && offset <= 1 || offset == -1 {
					code = ""
				}
				equal(t, "code", c.do("Ims", "BindMFADevice", binding(s, "Ims", "alice", serial, seed, offset)...).code, code)
			})
		}
	}
}

func TestBindMFADevice_consecutiveCodes(t *testing.T) {
	t.Parallel()
	s, c, serial, seed := withDevice(t)
	now := s.Now()
	for name, codes := range map[string][2]time.Duration{"the same": {0, 0}, "swapped": {totpStep, 0}, "one left out": {-totpStep, totpStep}} {
		got := c.do("Ims", "BindMFADevice", of("Ims", "alice", "SerialNumber", serial,
			"AuthenticationCode1", TOTP(seed, now.Add(codes[0])), "AuthenticationCode2", TOTP(seed, now.Add(codes[1])))...)
		if got.status != 403 || got.code != "CheckAuthenticationCodeFail" {
			t.Errorf("%s: got %s", name, got.text)
		}
	}
}

func TestBindMFADevice_usedCodes(t *testing.T) {
	t.Parallel()
	for _, reusable := range []bool{false, true} {
		s, c, serial, seed := withDevice(t, WithBehaviour(func(b *Behaviour) { b.AcceptUsedCodes = reusable }))
		again := binding(s, "Ram", "alice", serial, seed, -1)
		overlapping := binding(s, "Ram", "alice", serial, seed, 0)
		later := binding(s, "Ram", "alice", serial, seed, 1)
		c.ok("Ram", "BindMFADevice", again...)
		for i, params := range [][]string{again, overlapping, later} {
			c.ok("Ram", "UnbindMFADevice", "UserName", "alice")
			got := c.do("Ram", "BindMFADevice", params...)
			if accepted := reusable || i == 2; (got.code == "") != accepted {
				t.Errorf("AcceptUsedCodes=%t: attempt %d: %s", reusable, i, got.text)
			}
			s.Change(func(a *Account) { // for the next attempt
				a.Users["alice"].MFASerial, a.MFADevices[serial].UserID = serial, idIn(a, "alice")
			})
		}
	}
}

func idIn(a *Account, name string) string { return a.Users[name].ID }

func TestBindMFADevice_orderOfChecks(t *testing.T) {
	t.Parallel()
	inBoth(t, func(t *testing.T, product string) {
		s, c, serial, seed := withDevice(t)
		other := c.ok(product, "CreateVirtualMFADevice", "VirtualMFADeviceName", "other").at("VirtualMFADevice.SerialNumber").(string)
		bind := func(user, serial, code1, code2 string) []string {
			return of(product, user, "SerialNumber", serial, "AuthenticationCode1", code1, "AuthenticationCode2", code2)
		}
		c.ok(product, "BindMFADevice", binding(s, product, "alice", serial, seed, 0)...)
		c.refused("InvalidParameter.AuthenticationCode.Format", product, "BindMFADevice", bind("unknown", "none", "12345", "123456")...)
		c.refused("InvalidParameter.AuthenticationCode.Format", product, "BindMFADevice", bind("unknown", "none", "123456", "12345x")...)
		c.refused("MissingAuthenticationCode2", product, "BindMFADevice", bind("unknown", "none", "123456", "")...)
		c.refused("EntityNotExist.User", product, "BindMFADevice", bind("unknown", "none", "123456", "123456")...)
		c.refused("EntityNotExist.VirtualMFADevice", product, "BindMFADevice", bind("alice", "none", "123456", "123456")...)
		c.refused("EntityAlreadyExists.User.MFADevice", product, "BindMFADevice", bind("alice", serial, "123456", "123456")...)
		c.refused("EntityAlreadyExists.VirtualMFADevice.User", product, "BindMFADevice", bind("bob", serial, "123456", "123456")...)
		c.refused("CheckAuthenticationCodeFail", product, "BindMFADevice", bind("bob", other, "000000", "000000")...)
	})
}

func TestListVirtualMFADevices(t *testing.T) {
	t.Parallel()
	s := New(t)
	c := admin(t, s)
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		c.ok("Ims", "CreateVirtualMFADevice", "VirtualMFADeviceName", name)
	}
	const path = "VirtualMFADevices.VirtualMFADevice"
	items, pages := c.pages(path, "SerialNumber", "Ims", "ListVirtualMFADevices", "MaxItems", "100")
	equal(t, "in pages", len(items), 5)
	equal(t, "pages", pages, 3)
	got := c.ok("Ram", "ListVirtualMFADevices")
	equal(t, "at once", len(got.list(path, "SerialNumber")), 5)
	equal(t, "truncated", got.at("IsTruncated"), nil)
	c.refused("InvalidParameter.MaxItems.Range", "Ims", "ListVirtualMFADevices", "MaxItems", "101")
}

func TestDisableVirtualMFA(t *testing.T) {
	t.Parallel()
	s, c, serial, seed := withDevice(t)
	c.refused("EntityNotExist.User.MFADevice", "Ims", "DisableVirtualMFA", of("Ims", "alice")...)
	c.ok("Ims", "BindMFADevice", binding(s, "Ims", "alice", serial, seed, 0)...)
	c.ok("Ims", "DisableVirtualMFA", of("Ims", "alice")...)
	equal(t, "devices", len(s.defaultAccount().MFADevices), 0)
	equal(t, "bound", s.defaultAccount().Users["alice"].MFASerial, "")
	s.Change(func(a *Account) { a.Users["alice"].MFASerial = "a-key-of-metal" })
	c.refused("EntityNotExist.User.MFADevice", "Ims", "DisableVirtualMFA", of("Ims", "alice")...)
	equal(t, "type", c.ok("Ims", "GetUserMFAInfo", of("Ims", "alice")...).at("MFADevice.Type"), "U2F")
	equal(t, "unbound", c.ok("Ims", "UnbindMFADevice", of("Ims", "alice")...).at("MFADevice.SerialNumber"), "a-key-of-metal")
}

func TestGetUserMFAInfo_withoutDevice(t *testing.T) {
	t.Parallel()
	s := New(t)
	c := admin(t, s)
	c.refused("EntityNotExist.User.MFADevice", "Ram", "GetUserMFAInfo", "UserName", "admin")
	ims := c.ok("Ims", "GetUserMFAInfo", of("Ims", "admin")...)
	equal(t, "enabled", ims.at("IsMFAEnable"), false)
	equal(t, "device", ims.at("MFADevice"), reply{})
	s.SetBehaviour(func(b *Behaviour) { b.UnboundMFAResponse = "not_found" })
	c.refused("EntityNotExist.User.MFADevice", "Ims", "GetUserMFAInfo", of("Ims", "admin")...)
	c.refused("EntityNotExist.User.MFADevice", "Ram", "GetUserMFAInfo", "UserName", "admin")
	s.SetBehaviour(func(b *Behaviour) { b.UnboundMFAResponse = "empty" })
	for _, product := range []string{"Ram", "Ims"} {
		got := c.ok(product, "GetUserMFAInfo", of(product, "admin")...)
		equal(t, "device", got.at("MFADevice"), reply{})
		equal(t, "enabled", got.at("IsMFAEnable"), nil)
	}
	c.refused("EntityNotExist.User", "Ram", "GetUserMFAInfo", "UserName", "unknown")
}

func TestGetUserMFAInfo_ofTheCaller(t *testing.T) {
	t.Parallel()
	s := New(t)
	c := admin(t, s)
	equal(t, "own", c.ok("Ims", "GetUserMFAInfo").at("IsMFAEnable"), false)
	c.refused("MissingUserName", "Ram", "GetUserMFAInfo")
	rootOf(t, s).refused("MissingUserPrincipalName", "Ims", "GetUserMFAInfo")
}
