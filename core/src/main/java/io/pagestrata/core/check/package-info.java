// SPDX-License-Identifier: Apache-2.0
/** What a look at the files of a store found, as plain values. */
package io.pagestrata.core.check;
