// SPDX-License-Identifier: Apache-2.0
/** The one immutable, validated configuration of a store, and the table of all its settings. */
package io.pagestrata.config;
