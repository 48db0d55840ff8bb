import {registry} from "@web/core/registry";
import "@web/core/debug/debug_menu_items";

// Odoo's developer menu offers what the server refuses (controllers and ir.http).
registry.category("debug").category("default").remove("becomeSuperuser");
