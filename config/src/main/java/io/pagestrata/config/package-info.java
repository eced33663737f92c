// SPDX-License-Identifier: Apache-2.0
/**
 * The one immutable, validated configuration of a store or daemon, the tables of all its settings,
 * and the assembly of a store from it.
 */
package io.pagestrata.config;
