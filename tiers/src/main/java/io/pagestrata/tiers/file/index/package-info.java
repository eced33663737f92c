// SPDX-License-Identifier: Apache-2.0
/** Where the records of sealed segments are, kept beside them so that a store opens fast. */
package io.pagestrata.tiers.file.index;
