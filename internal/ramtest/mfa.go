// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ramtest

import (
	"cmp"
	"encoding/base64"
	"maps"
	"regexp"
	"slices"
	"time"
)

var mfaActions = table{
	"Ram/CreateVirtualMFADevice": {run: createVirtualMFADevice, write: true},
	"Ims/CreateVirtualMFADevice": {run: createVirtualMFADevice, write: true},
	"Ram/DeleteVirtualMFADevice": {run: deleteVirtualMFADevice, write: true},
	"Ims/DeleteVirtualMFADevice": {run: deleteVirtualMFADevice, write: true},
	"Ram/ListVirtualMFADevices":  {run: listVirtualMFADevices},
	"Ims/ListVirtualMFADevices":  {run: listVirtualMFADevices},
	"Ram/BindMFADevice":          {run: bindMFADevice, write: true},
	"Ims/BindMFADevice":          {run: bindMFADevice, write: true},
	"Ram/UnbindMFADevice":        {run: unbindMFADevice, write: true},
	"Ims/UnbindMFADevice":        {run: unbindMFADevice, write: true},
	"Ram/GetUserMFAInfo":         {run: getUserMFAInfo},
	"Ims/GetUserMFAInfo":         {run: getUserMFAInfo},
	"Ims/DisableVirtualMFA":      {run: disableVirtualMFA, write: true},
}

// deviceName matches letters, digits and '-'; the text of Ram also allows '.'. (documented; '.' in Ims assumed)
var deviceName = regexp.MustCompile(`^[A-Za-z0-9.-]+$`)

var sixDigits = regexp.MustCompile(`^[0-9]{6}$`)

// createVirtualMFADevice creates a device and returns its seed and QR code, which no other operation returns. (documented)
func createVirtualMFADevice(r *request) (reply, error) {
	name, err := r.required("VirtualMFADeviceName")
	if err != nil {
		return nil, err
	}
	if len(name) > 64 {
		return nil, tooLong("VirtualMFADeviceName")
	}
	if !deviceName.MatchString(name) {
		return nil, invalidChars("VirtualMFADeviceName")
	}
	serial := arn(r.account.ID, "mfa", name)
	if r.account.MFADevices[serial] != nil {
		return nil, virtualMFADeviceExists()
	}
	if len(r.account.MFADevices) >= r.account.Quotas.VirtualMFADevices {
		return nil, tooManyVirtualMFADevices()
	}
	device := &MFADevice{Name: name, Serial: serial, Seed: r.server.newSeed(), CreateDate: r.now}
	picture, err := r.qrCode(device.Seed)
	if err != nil {
		return nil, err
	}
	r.account.MFADevices[serial] = device
	return reply{"VirtualMFADevice": reply{
		"SerialNumber": serial, "Base32StringSeed": device.Seed, "QRCodePNG": base64.StdEncoding.EncodeToString(picture),
	}}, nil
}

// deleteVirtualMFADevice deletes an unbound device. (documented)
func deleteVirtualMFADevice(r *request) (reply, error) {
	device, err := r.device()
	if err != nil {
		return nil, err
	}
	if device.UserID != "" {
		return nil, virtualMFADeviceStillBound()
	}
	delete(r.account.MFADevices, device.Serial)
	return reply{}, nil
}

// device returns the device that the request must name. (documented)
func (r *request) device() (*MFADevice, error) {
	serial, err := r.required("SerialNumber")
	if err != nil {
		return nil, err
	}
	if device := r.account.MFADevices[serial]; device != nil {
		return device, nil
	}
	return nil, noVirtualMFADevice()
}

// listVirtualMFADevices returns the account's devices, in Ims in pages, in Ram all at once (documented), without the device
// of the root account. (assumed)
func listVirtualMFADevices(r *request) (reply, error) {
	devices := slices.SortedFunc(maps.Values(r.account.MFADevices), func(x, y *MFADevice) int {
		return cmp.Compare(x.Serial, y.Serial)
	})
	if r.product == "Ram" {
		return reply{"VirtualMFADevices": wrapped("VirtualMFADevice", shuffled(r, devices), r.showDevice)}, nil
	}
	page, body, err := paged(r, devices, 100, 100)
	if err != nil {
		return nil, err
	}
	body["VirtualMFADevices"] = wrapped("VirtualMFADevice", page, r.showDevice)
	return body, nil
}

// showDevice returns a device. One that is not bound has an empty User in Ims and none in Ram. (documented as samples)
func (r *request) showDevice(device *MFADevice) reply {
	shown := reply{"SerialNumber": device.Serial}
	user := r.account.UserByID(device.UserID)
	if user == nil {
		if r.product == "Ims" {
			shown["User"] = reply{}
		}
		return shown
	}
	name, value := r.nameOf(user.Name)
	shown["ActivateDate"] = stamp(device.ActivateDate)
	shown["User"] = reply{"UserId": user.ID, name: value, "DisplayName": user.DisplayName}
	return shown
}

// bindMFADevice binds a device to a user with two consecutive codes. (documented) The order of the checks is assumed:
// format, user, device, the user's current device, the device's current user, the codes.
func bindMFADevice(r *request) (reply, error) {
	code1, err := r.code("AuthenticationCode1")
	if err != nil {
		return nil, err
	}
	code2, err := r.code("AuthenticationCode2")
	if err != nil {
		return nil, err
	}
	user, err := r.named()
	if err != nil {
		return nil, err
	}
	device, err := r.device()
	if err != nil {
		return nil, err
	}
	if user.MFASerial != "" {
		return nil, userHasMFADevice()
	}
	if device.UserID != "" {
		return nil, virtualMFADeviceBound()
	}
	accepted, ok := r.accepts(device, code1, code2)
	if !ok {
		return nil, codeRefused()
	}
	device.LastStep = accepted + 1
	device.UserID, device.ActivateDate = user.ID, r.now
	user.MFASerial = device.Serial
	return reply{}, nil
}

// code returns a parameter that must have six digits. (documented)
func (r *request) code(parameter string) (string, error) {
	text, err := r.required(parameter)
	if err == nil && !sixDigits.MatchString(text) {
		err = codeFormat()
	}
	return text, err
}

// unbindMFADevice unbinds a user's device, which stays in the account. (documented)
func unbindMFADevice(r *request) (reply, error) {
	user, err := r.userWithDevice()
	if err != nil {
		return r.unboundNothing(err)
	}
	serial := user.MFASerial
	r.unbind(user)
	return reply{"MFADevice": reply{"SerialNumber": serial}}, nil
}

func (r *request) userWithDevice() (*User, error) {
	user, err := r.named()
	if err == nil && user.MFASerial == "" {
		err = noMFADevice()
	}
	return user, err
}

// unboundNothing returns the response to a request to unbind the device of a user without one.
// (Behaviour.AcceptUnbindingNothing).
func (r *request) unboundNothing(err error) (reply, error) {
	if codeOf(err) == codeOf(noMFADevice()) && r.server.behaviour.AcceptUnbindingNothing {
		return reply{}, nil
	}
	return nil, err
}

func (r *request) unbind(user *User) {
	if device := r.account.MFADevices[user.MFASerial]; device != nil {
		device.UserID, device.ActivateDate = "", time.Time{}
	}
	user.MFASerial = ""
}

// disableVirtualMFA unbinds and deletes a user's virtual device. (documented; the code for a user without one, and that
// devices of other kinds do not count, are assumed).
func disableVirtualMFA(r *request) (reply, error) {
	user, err := r.userWithDevice()
	if err != nil {
		return r.unboundNothing(err)
	}
	serial := user.MFASerial
	if r.account.MFADevices[serial] == nil {
		return nil, noMFADevice()
	}
	r.unbind(user)
	delete(r.account.MFADevices, serial)
	return reply{}, nil
}

// getUserMFAInfo returns a user's device. In Ims a RAM user can omit its own name. (documented)
func getUserMFAInfo(r *request) (reply, error) {
	find := r.named
	if r.product == "Ims" {
		find = r.namedOrSelf
	}
	user, err := find()
	if err != nil {
		return nil, err
	}
	if user.MFASerial == "" {
		return r.withoutDevice()
	}
	kind := "VMFA"
	if r.account.MFADevices[user.MFASerial] == nil {
		kind = "U2F"
	}
	body := reply{"MFADevice": reply{"SerialNumber": user.MFASerial, "Type": kind}}
	if r.product == "Ims" {
		body["IsMFAEnable"] = true
	}
	return body, nil
}

// withoutDevice returns the response for a user without a device: in Ram 404 or an empty device (both observed), in Ims
// IsMFAEnable=false. (assumed; Behaviour.UnboundMFAResponse)
func (r *request) withoutDevice() (reply, error) {
	setting := r.server.behaviour.UnboundMFAResponse
	if setting == "not_found" || setting == "" && r.product == "Ram" {
		return nil, noMFADevice()
	}
	body := reply{"MFADevice": reply{}}
	switch setting {
	case "absent":
		body = reply{}
	case "null":
		body["MFADevice"] = nil
	case "":
		body["IsMFAEnable"] = false
	}
	return body, nil
}
