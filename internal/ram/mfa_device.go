// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Only Ims lists the devices in pages. The Ram operations address a user by name
// (documented).
var (
	createMFADevice = operation{product: ramProduct, action: "CreateVirtualMFADevice", repeat: once}
	deleteMFADevice = operation{product: ramProduct, action: "DeleteVirtualMFADevice", repeat: set}
	listMFADevices  = operation{product: imsProduct, action: "ListVirtualMFADevices", repeat: read}
	// BindMFADevice is not repeated: the service refuses a second call with the same codes,
	// which would hide that the first call took effect.
	bindMFADevice   = operation{product: ramProduct, action: "BindMFADevice", repeat: once, secrets: []string{"AuthenticationCode1", "AuthenticationCode2"}}
	unbindMFADevice = operation{product: ramProduct, action: "UnbindMFADevice", repeat: set}
	getUserMFAInfo  = operation{product: ramProduct, action: "GetUserMFAInfo", repeat: read}
	// Only Ims has this operation (documented).
	disableVirtualMFA = operation{product: imsProduct, action: "DisableVirtualMFA", repeat: set}
)

// devicesPerPage is the largest page size of devices (documented).
const devicesPerPage = 100

// MFADevice is a virtual MFA device of the account. UserID and UserName are empty if it is
// not bound.
type MFADevice struct {
	SerialNumber string // acs:ram::<account id>:mfa/<name>
	Name         string
	ActivateDate time.Time // zero if not bound
	UserID       string
	UserName     string
}

// NewMFADevice is a created device with the secrets that the service returns only once. No
// verb of package fmt prints them.
type NewMFADevice struct {
	SerialNumber string
	Seed         string `json:"-"` // Base32
	QRCodePNG    string `json:"-"` // Base64
}

// String describes the device without its secrets.
func (d NewMFADevice) String() string { return "MFA device " + d.SerialNumber }

// GoString describes the device without its secrets.
func (d NewMFADevice) GoString() string { return d.String() }

// Format writes the device without its secrets for every verb.
func (d NewMFADevice) Format(state fmt.State, _ rune) { fmt.Fprint(state, d.String()) }

type newMFADeviceResponse struct {
	VirtualMFADevice *struct {
		SerialNumber     text
		Base32StringSeed secret
		QRCodePNG        secret
	}
}

// missing does not require the QR code, because it can be derived from the seed.
func (a *newMFADeviceResponse) missing() string {
	switch fields := a.VirtualMFADevice; {
	case fields == nil || fields.SerialNumber == "":
		return "SerialNumber"
	case !isSeed(string(fields.Base32StringSeed)):
		return "Base32StringSeed"
	}
	return ""
}

// CreateMFADevice creates a device, which is not bound to a user yet.
func (c *Client) CreateMFADevice(ctx context.Context, name string) (NewMFADevice, error) {
	if err := createMFADevice.require("name of the MFA device", name); err != nil {
		return NewMFADevice{}, err
	}
	defer c.caches.invalidateDevices()()
	var response newMFADeviceResponse
	if err := c.call(ctx, createMFADevice, params{"VirtualMFADeviceName": name}, &response); err != nil {
		return NewMFADevice{}, err
	}
	fields := response.VirtualMFADevice
	return NewMFADevice{
		SerialNumber: string(fields.SerialNumber), Seed: string(fields.Base32StringSeed), QRCodePNG: string(fields.QRCodePNG),
	}, nil
}

// DeleteMFADevice deletes a device that is not bound. Conflict(err) reports whether it is
// bound.
func (c *Client) DeleteMFADevice(ctx context.Context, serial string) error {
	if err := deleteMFADevice.require("serial number", serial); err != nil {
		return err
	}
	defer c.caches.invalidateDevices()()
	return c.call(ctx, deleteMFADevice, params{"SerialNumber": serial}, nil)
}

type mfaDeviceFields struct {
	SerialNumber text
	ActivateDate timestamp
	User         *struct {
		ID            text `json:"UserId"`
		Name          text `json:"UserName"`
		PrincipalName text `json:"UserPrincipalName"`
	}
}

func (s *mfaDeviceFields) device() MFADevice {
	serial := string(s.SerialNumber)
	device := MFADevice{
		SerialNumber: serial, Name: serial[strings.LastIndex(serial, "/")+1:], ActivateDate: s.ActivateDate.value,
	}
	if s.User != nil {
		device.UserID, device.UserName = string(s.User.ID), cmp.Or(string(s.User.Name), nameIn(s.User.PrincipalName))
	}
	return device
}

type mfaDevicesResponse struct {
	page

	VirtualMFADevices struct{ VirtualMFADevice []mfaDeviceFields }
}

// missing accepts a page without devices only if the page ends the list, because a device
// that is not in the list counts as deleted.
func (a *mfaDevicesResponse) missing() string {
	if a.VirtualMFADevices.VirtualMFADevice == nil && !a.ends() {
		return "VirtualMFADevices"
	}
	for _, device := range a.VirtualMFADevices.VirtualMFADevice {
		if device.SerialNumber == "" {
			return "SerialNumber"
		}
	}
	return ""
}

// MFADevices returns all virtual devices of the account, in no particular order. The list
// comes from the cache unless this client has changed a device or a user since it was read.
func (c *Client) MFADevices(ctx context.Context) ([]MFADevice, error) {
	list, err := c.caches.devices.get(ctx, "", c.allMFADevices)
	return list.clone(), err
}

// MFADevice finds a device by serial number in the list of MFADevices.
func (c *Client) MFADevice(ctx context.Context, serial string) (device MFADevice, found bool, err error) {
	list, err := c.caches.devices.get(ctx, "", c.allMFADevices)
	if err != nil {
		return MFADevice{}, false, err
	}
	device, found = list.bySerial[serial]
	return device, found, nil
}

// RefreshMFADevices returns all virtual devices of the account. It bypasses the cache.
// Concurrent callers share the next list that starts.
func (c *Client) RefreshMFADevices(ctx context.Context) ([]MFADevice, error) {
	list, err := c.refreshDevices(ctx)
	return list.clone(), err
}

// RefreshMFADevice finds a device by serial number in the list of RefreshMFADevices.
func (c *Client) RefreshMFADevice(ctx context.Context, serial string) (device MFADevice, found bool, err error) {
	list, err := c.refreshDevices(ctx)
	if err != nil {
		return MFADevice{}, false, err
	}
	device, found = list.bySerial[serial]
	return device, found, nil
}

func (c *Client) refreshDevices(ctx context.Context) (*deviceList, error) {
	return c.caches.devices.refreshCoalesced(ctx, "", func(ctx context.Context) (*deviceList, error) {
		return newDeviceList(streamDevices(func(marker string) (devicePage, error) { return c.readDevicePage(ctx, marker) }))
	})
}

// deviceList holds all devices of the account.
type deviceList struct {
	devices  []MFADevice
	bySerial map[string]MFADevice
}

// clone returns a copy that the caller may change.
func (l *deviceList) clone() []MFADevice {
	if l == nil {
		return nil
	}
	return slices.Clone(l.devices)
}

func (c *Client) allMFADevices(ctx context.Context) (*deviceList, error) {
	return newDeviceList(c.cachedDevices(ctx))
}

func newDeviceList(devices iter.Seq2[MFADevice, error]) (*deviceList, error) {
	list := &deviceList{devices: []MFADevice{}, bySerial: map[string]MFADevice{}}
	for device, err := range devices {
		if err != nil {
			return nil, err
		}
		list.devices = append(list.devices, device)
		list.bySerial[device.SerialNumber] = device
	}
	return list, nil
}

// StreamMFADevices yields the devices page by page, for callers that may stop early. Each
// page is sorted by serial number and comes from the cache. An error is yielded at most
// once, as the last item: the list is then incomplete.
func (c *Client) StreamMFADevices(ctx context.Context) iter.Seq2[MFADevice, error] {
	return c.cachedDevices(ctx)
}

func (c *Client) cachedDevices(ctx context.Context) iter.Seq2[MFADevice, error] {
	return streamDevices(func(marker string) (devicePage, error) {
		return c.caches.devicePages.get(ctx, marker, func(ctx context.Context) (devicePage, error) { return c.readDevicePage(ctx, marker) })
	})
}

// streamDevices yields the devices of all pages. read returns the page at a marker.
func streamDevices(read func(marker string) (devicePage, error)) iter.Seq2[MFADevice, error] {
	return paged(listMFADevices, func(marker string) (page, []MFADevice, error) {
		read, err := read(marker)
		return read.page, read.devices, err
	}, func(device MFADevice) string { return device.SerialNumber })
}

// devicePage is one page of devices, sorted by serial number.
type devicePage struct {
	page

	devices []MFADevice
}

func (c *Client) readDevicePage(ctx context.Context, marker string) (devicePage, error) {
	var response mfaDevicesResponse
	if err := c.call(ctx, listMFADevices, withMarker(params{"MaxItems": strconv.Itoa(devicesPerPage)}, marker), &response); err != nil {
		return devicePage{}, err
	}
	devices := make([]MFADevice, 0, len(response.VirtualMFADevices.VirtualMFADevice))
	for _, item := range response.VirtualMFADevices.VirtualMFADevice {
		devices = append(devices, item.device())
	}
	slices.SortFunc(devices, func(x, y MFADevice) int { return cmp.Compare(x.SerialNumber, y.SerialNumber) })
	return devicePage{response.page, devices}, nil
}

// BindMFADevice binds a device to a user, with the codes of two consecutive time steps,
// older code first. After an unknown outcome, UserMFA returns whether the device is bound.
func (c *Client) BindMFADevice(ctx context.Context, userName, serial, code1, code2 string) error {
	if err := bindMFADevice.require("serial number", serial); err != nil {
		return err
	}
	return c.changeMFA(ctx, bindMFADevice, userName, params{
		"SerialNumber": serial, "AuthenticationCode1": code1, "AuthenticationCode2": code2,
	})
}

// UnbindMFADevice unbinds the device of a user. A virtual device stays in the account.
func (c *Client) UnbindMFADevice(ctx context.Context, userName string) error {
	return c.changeMFA(ctx, unbindMFADevice, userName, params{})
}

// DisableVirtualMFA unbinds the virtual device of a user and deletes it (documented).
func (c *Client) DisableVirtualMFA(ctx context.Context, userName string) error {
	defer c.caches.invalidateDevices()()
	return c.callForUser(ctx, disableVirtualMFA, userName, nil, nil)
}

func (c *Client) changeMFA(ctx context.Context, op operation, userName string, in params) error {
	if err := op.require("user name", userName); err != nil {
		return err
	}
	defer c.caches.invalidateDevices()()
	in["UserName"] = userName
	return c.call(ctx, op, in, nil)
}

// UserMFA is the MFA device of a user, virtual or not.
type UserMFA struct {
	Enabled      bool
	SerialNumber string
	Type         string // VMFA, U2F
}

type userMFAResponse struct {
	IsMFAEnable flag // not returned by Ram
	MFADevice   *struct{ SerialNumber, Type text }
}

// UserMFA returns the device of a user. For a user without a device the service returns a
// 404, an empty device (both observed), no device, or that MFA is not enabled (assumed).
func (c *Client) UserMFA(ctx context.Context, userName string) (UserMFA, error) {
	if err := getUserMFAInfo.require("user name", userName); err != nil {
		return UserMFA{}, err
	}
	var response userMFAResponse
	err := c.call(ctx, getUserMFAInfo, params{"UserName": userName}, &response)
	if NotFound(err, "User.MFADevice") {
		return UserMFA{}, nil
	}
	if err != nil {
		return UserMFA{}, err
	}
	return response.mfa(), nil
}

func (a *userMFAResponse) mfa() UserMFA {
	if enabled := a.IsMFAEnable.value; enabled != nil && !*enabled {
		return UserMFA{}
	}
	mfa := UserMFA{Enabled: a.IsMFAEnable.value != nil}
	if a.MFADevice == nil {
		return mfa
	}
	mfa.SerialNumber, mfa.Type = string(a.MFADevice.SerialNumber), string(a.MFADevice.Type)
	mfa.Enabled = mfa.Enabled || mfa.SerialNumber != "" || mfa.Type != ""
	return mfa
}
