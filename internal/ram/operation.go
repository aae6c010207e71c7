// Copyright (c) The terraform-provider-ram authors
// SPDX-License-Identifier: MPL-2.0

package ram

// product is one of the three services. Each has one API version.
type product string

const (
	ramProduct product = "Ram"
	imsProduct product = "Ims"
	stsProduct product = "Sts"
)

// versions are the API versions that this client supports.
var versions = map[product]string{
	ramProduct: "2015-05-01",
	imsProduct: "2019-08-15",
	stsProduct: "2015-04-01",
}

// repeat describes the effect of sending an operation twice.
type repeat int

const (
	// once: a second call has a second effect, for example another create. This is the zero
	// value, because it is safe for every operation. After an unknown outcome, only the
	// caller can decide how to continue (KEY-01).
	once repeat = iota
	// read: the operation changes nothing.
	read
	// set: the result is the same however often the operation is sent.
	set
)

// operation is one remote operation.
type operation struct {
	product  product
	action   string
	repeat   repeat
	pace     pace     // class of the published quota
	secrets  []string // names of the parameters that hold secrets
	unsigned bool     // authenticated by its parameters, without key and signature
}

// pace is the class of an operation's published quota.
type pace int

const (
	// byRepeat: a read has the quota of reads, every other operation that of writes.
	byRepeat pace = iota
	// attachment: attaching, grouping and tagging, which have a lower quota.
	attachment
	// session: the operations of Sts, whose creates have the quota of reads.
	session
)
