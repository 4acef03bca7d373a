//! From a type as written to the values it allows.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::rc::Rc;

use serde_json::Value;
use swc_ecma_ast as ast;
use swc_ecma_ast::{TsEntityName, TsKeywordTypeKind, TsLit, TsType, TsTypeOperatorOp};

use super::TypeOf;
use super::find::Argument;
use super::modules::{Declaration, Found, Modules};
use crate::parse::ModuleGraph;
use crate::schema::{JsonObject, JsonType, Location};

/// How many types one run follows, how deep they nest, and how many instances of generic types it makes: types can be
/// written that grow without end.
const MAX_TYPES: usize = 1_000_000;
const MAX_DEPTH: usize = 100;
const MAX_INSTANCES: usize = 1000;

/// The arguments of a declaration, and the index of what it is with them.
type Instance = (Vec<JsonType>, usize);

/// All types of one run.
pub(super) struct Types<'g> {
    pub(super) modules: Modules<'g>,
    pub(super) declared: Vec<Declared>,
    /// The instances of each declaration, by their arguments.
    known: HashMap<(usize, String), Vec<Instance>>,
    count: usize,
    depth: usize,
}

/// A declaration on its way to [`crate::schema::TypeDeclaration`].
pub(super) struct Declared {
    pub(super) name: String,
    pub(super) docs: Option<String>,
    pub(super) location: Location,
    /// `None` while it is being resolved.
    pub(super) body: Option<JsonType>,
}

/// What names mean where a type stands.
#[derive(Debug, Clone)]
pub(super) struct Env {
    pub(super) module: usize,
    /// Type parameters with what they stand for.
    parameters: Rc<BTreeMap<String, JsonType>>,
}

impl Env {
    pub(super) fn of(module: usize) -> Self {
        Self { module, parameters: Rc::default() }
    }

    fn with(&self, parameters: impl IntoIterator<Item = (String, JsonType)>) -> Self {
        let mut all = (*self.parameters).clone();
        all.extend(parameters);
        Self { module: self.module, parameters: Rc::new(all) }
    }
}

/// Where type arguments are written in a generic function, whose type parameters nobody knows as yet.
fn generic(argument: &Argument) -> Env {
    let unknown = |name: &String| {
        let reason = format!("`{name}` is a type parameter of the function that makes the column");
        (name.clone(), JsonType::unreadable(reason))
    };
    Env::of(argument.module).with(argument.parameters.iter().map(unknown))
}

impl<'g> Types<'g> {
    pub(super) fn new(graph: &'g mut ModuleGraph, root: &Path) -> Self {
        Self { modules: Modules::new(graph, root), declared: Vec::new(), known: HashMap::new(), count: 0, depth: 0 }
    }

    /// What a column's type argument is; `None` if it says nothing. `within` is what the type parameters of the innermost
    /// function around it stand for.
    pub(super) fn argument(&mut self, argument: &Argument, within: Option<&Argument>, of: TypeOf) -> Option<JsonType> {
        let mut env = generic(argument);
        if let Some(within) = within {
            let outer = generic(within);
            let own = &argument.parameters[argument.parameters.len() - argument.innermost..];
            let given = own.iter().zip(&within.types).map(|(name, ty)| (name.clone(), self.of(ty, &outer)));
            env = env.with(given.collect::<Vec<_>>());
        }
        let found = self.of(argument.types.first()?, &env);
        match of {
            TypeOf::Column | TypeOf::Element => Some(found),
            TypeOf::CustomType => self.members(&found).ok()?.member("data").map(|member| member.value.clone()),
        }
    }

    /// The type of an array's elements.
    pub(super) fn element(&self, array: JsonType) -> JsonType {
        match self.expanded(&array) {
            JsonType::Array(element) => *element,
            JsonType::Nullable(inner) | JsonType::Optional(inner) => self.element(*inner),
            unknown @ JsonType::Unknown { .. } => unknown,
            _ => JsonType::unreadable("the type of an array column is no array"),
        }
    }

    /// Follows a type.
    pub(super) fn of(&mut self, ty: &TsType, env: &Env) -> JsonType {
        self.count += 1;
        if self.count > MAX_TYPES {
            return JsonType::unreadable(format!("the schema's types are made of more than {MAX_TYPES} parts"));
        }
        if self.depth >= MAX_DEPTH {
            return JsonType::unreadable(format!("types are nested more than {MAX_DEPTH} deep"));
        }
        self.depth += 1;
        let found = self.follow(ty, env);
        self.depth -= 1;
        found
    }

    /// Enters what a constant is made of; false where it is too deep.
    pub(super) fn descend(&mut self) -> bool {
        self.count += 1;
        let fits = self.depth < MAX_DEPTH && self.count <= MAX_TYPES;
        self.depth += usize::from(fits);
        fits
    }

    /// Leaves it.
    pub(super) fn ascend(&mut self) {
        self.depth -= 1;
    }

    fn follow(&mut self, ty: &TsType, env: &Env) -> JsonType {
        match ty {
            TsType::TsKeywordType(keyword) => of_keyword(keyword.kind),
            TsType::TsParenthesizedType(inner) => self.of(&inner.type_ann, env),
            TsType::TsOptionalType(inner) => JsonType::Optional(Box::new(self.of(&inner.type_ann, env))),
            TsType::TsTypeRef(reference) => {
                let arguments = reference.type_params.as_deref().map_or(&[][..], |list| &list.params[..]);
                self.reference(&reference.type_name, arguments, env)
            }
            TsType::TsTypeLit(literal) => self.object(&literal.members, env),
            TsType::TsArrayType(array) => {
                let element = self.of(&array.elem_type, env);
                JsonType::Array(Box::new(self.stored(element)))
            }
            TsType::TsTupleType(tuple) => {
                let mut items = Vec::new();
                for each in &tuple.elem_types {
                    match &*each.ty {
                        TsType::TsRestType(_) | TsType::TsOptionalType(_) => {
                            return JsonType::unreadable("a tuple has elements that may be missing");
                        }
                        item => {
                            let item = self.of(item, env);
                            items.push(self.stored(item));
                        }
                    }
                }
                JsonType::Tuple(items)
            }
            TsType::TsUnionOrIntersectionType(ast::TsUnionOrIntersectionType::TsUnionType(union)) => {
                let parts = union.types.iter().map(|part| self.of(part, env)).collect();
                self.union(parts)
            }
            TsType::TsUnionOrIntersectionType(ast::TsUnionOrIntersectionType::TsIntersectionType(all)) => {
                let parts = all.types.iter().map(|part| self.of(part, env)).collect();
                self.intersection(parts)
            }
            TsType::TsLitType(literal) => match &literal.lit {
                TsLit::Str(text) => JsonType::Literals(vec![Value::from(text.value.to_string_lossy().into_owned())]),
                TsLit::Number(number) => JsonType::Literals(vec![of_number(number.value)]),
                TsLit::Bool(flag) => JsonType::Literals(vec![Value::Bool(flag.value)]),
                TsLit::Tpl(_) => JsonType::String,
                TsLit::BigInt(_) => no_json("a bigint"),
            },
            TsType::TsTypeOperator(operator) => {
                if operator.op == TsTypeOperatorOp::KeyOf {
                    let inner = self.of(&operator.type_ann, env);
                    return self.keys(&inner);
                }
                self.of(&operator.type_ann, env)
            }
            TsType::TsIndexedAccessType(access) => {
                let object = self.of(&access.obj_type, env);
                let index = self.of(&access.index_type, env);
                self.indexed(&object, &index)
            }
            TsType::TsTypeQuery(query) => match &query.expr_name {
                ast::TsTypeQueryExpr::TsEntityName(name) => self.type_of(name, env),
                ast::TsTypeQueryExpr::Import(_) => JsonType::unreadable("`typeof import(…)` is not read"),
            },
            TsType::TsMappedType(mapped) => self.mapped(mapped, env),
            TsType::TsImportType(import) => {
                let specifier = import.arg.value.to_string_lossy().into_owned();
                let Some(TsEntityName::Ident(name)) = &import.qualifier else {
                    return JsonType::unreadable("the type of a whole module is not read");
                };
                let found = self.modules.import(env.module, &specifier, Some(&*name.sym), &name.sym);
                let arguments = import.type_args.as_deref().map_or(&[][..], |list| &list.params[..]);
                self.found(found, arguments, env)
            }
            TsType::TsFnOrConstructorType(_) => no_json("a function"),
            TsType::TsConditionalType(_) => JsonType::unreadable("conditional types are not read"),
            TsType::TsThisType(_) => JsonType::unreadable("`this` as a type is not read"),
            _ => JsonType::unreadable("the type is of a form that is not read"),
        }
    }

    /// A named type with its arguments.
    fn reference(&mut self, name: &TsEntityName, arguments: &[Box<TsType>], env: &Env) -> JsonType {
        match name {
            TsEntityName::Ident(name) => {
                if let Some(value) = env.parameters.get(&*name.sym) {
                    return value.clone();
                }
                let found = self.modules.find(env.module, &name.sym);
                if matches!(found, Found::Nothing(_))
                    && let Some(utility) = self.utility(&name.sym, arguments, env)
                {
                    return utility;
                }
                self.found(found, arguments, env)
            }
            TsEntityName::TsQualifiedName(qualified) => {
                let TsEntityName::Ident(left) = &qualified.left else {
                    return JsonType::unreadable(format!("`{}` is a name inside a namespace", qualified.right.sym));
                };
                if &*left.sym == "z" || &*left.sym == "zod" {
                    return self.zod_type(&qualified.right.sym, arguments, env);
                }
                match self.modules.find(env.module, &left.sym) {
                    Found::Module(module) => {
                        let found = self.modules.exported(module, &qualified.right.sym, 0);
                        self.found(found, arguments, env)
                    }
                    // A member of an enum, as a type.
                    Found::Declared(module, name) => {
                        let declared = self.declaration(module, &name, Vec::new());
                        let key = JsonType::Literals(vec![Value::from(&*qualified.right.sym)]);
                        let members = self.enum_members(module, &name);
                        match members.map(|object| self.indexed(&JsonType::Object(object), &key)) {
                            Some(member) => member,
                            None => match declared {
                                unknown @ JsonType::Unknown { .. } => unknown,
                                _ => JsonType::unreadable(format!(
                                    "`{}.{}` is a name inside a namespace",
                                    left.sym, qualified.right.sym
                                )),
                            },
                        }
                    }
                    Found::Nothing(reason) => JsonType::unreadable(reason),
                }
            }
        }
    }

    fn found(&mut self, found: Found, arguments: &[Box<TsType>], env: &Env) -> JsonType {
        match found {
            Found::Declared(module, name) => {
                let arguments = arguments.iter().map(|argument| self.of(argument, env)).collect();
                self.declaration(module, &name, arguments)
            }
            Found::Module(_) => JsonType::unreadable("a whole module is no type"),
            Found::Nothing(reason) => JsonType::unreadable(reason),
        }
    }

    /// A declaration, resolved once for the same arguments.
    fn declaration(&mut self, module: usize, name: &str, arguments: Vec<JsonType>) -> JsonType {
        let key = (module, name.to_owned());
        let scope = self.modules.scope(module);
        let declarations = scope.declarations(name);
        let of_types = |(declaration, _): &&(Declaration<'_>, _)| !matches!(declaration, Declaration::Variable(_));
        let Some((first, span)) = declarations.iter().find(of_types) else {
            return JsonType::unreadable(format!("`{name}` is a value and no type"));
        };
        let parameters = match first {
            Declaration::Interface(interface) => interface.type_params.as_deref(),
            Declaration::Alias(alias) => alias.type_params.as_deref(),
            Declaration::Enum(_) => None,
            Declaration::Class | Declaration::Variable(_) => {
                return JsonType::unreadable(format!("`{name}` is a class"));
            }
        };
        let (arguments, bound) = match self.bind(module, name, parameters, arguments) {
            Ok(bound) => bound,
            Err(reason) => return JsonType::unreadable(reason),
        };
        let instances = self.known.get(&key).map_or(&[][..], |known| &known[..]);
        if let Some((_, index)) = instances.iter().find(|(known, _)| *known == arguments) {
            return JsonType::Declared(*index);
        }
        if instances.len() >= MAX_INSTANCES {
            return JsonType::unreadable(format!("`{name}` has more than {MAX_INSTANCES} instances"));
        }
        let env = Env::of(module).with(bound);
        let index = self.declared.len();
        let shown: Vec<String> = arguments.iter().map(|argument| self.shown(argument)).collect();
        let shown = if shown.is_empty() { name.to_owned() } else { format!("{name}<{}>", shown.join(", ")) };
        let docs = declarations.iter().find_map(|(_, span)| self.modules.docs(*span));
        let location = self.modules.location(*span);
        self.declared.push(Declared { name: shown, docs, location, body: None });
        self.known.entry(key).or_default().push((arguments, index));
        let body = match first {
            Declaration::Alias(alias) => self.of(&alias.type_ann, &env),
            Declaration::Enum(declared) => self.enum_type(declared, module),
            // Of the same name, they are one.
            _ => {
                let mut object = Ok(JsonObject::default());
                for (declaration, _) in &declarations {
                    if let Declaration::Interface(interface) = declaration {
                        object = object.and_then(|object| self.interface(object, interface, &env));
                    }
                }
                object.map_or_else(JsonType::unreadable, JsonType::Object)
            }
        };
        // An alias of nothing but itself.
        let body = match body {
            JsonType::Declared(own) if own == index => JsonType::unreadable(format!("`{name}` stands for itself")),
            other => other,
        };
        self.declared[index].body = Some(body);
        JsonType::Declared(index)
    }

    /// The arguments of a generic type, defaults filled in, and what its parameters stand for.
    #[expect(clippy::type_complexity, reason = "two lists of the same things, named by the comment")]
    fn bind(
        &mut self,
        module: usize,
        name: &str,
        parameters: Option<&ast::TsTypeParamDecl>,
        mut arguments: Vec<JsonType>,
    ) -> Result<(Vec<JsonType>, Vec<(String, JsonType)>), String> {
        let parameters = parameters.map_or(&[][..], |list| &list.params[..]);
        arguments.truncate(parameters.len());
        let mut bound = Vec::new();
        for (index, parameter) in parameters.iter().enumerate() {
            if index >= arguments.len() {
                let Some(default) = &parameter.default else {
                    return Err(format!("`{name}` needs {} type arguments", parameters.len()));
                };
                let env = Env::of(module).with(bound.clone());
                arguments.push(self.of(default, &env));
            }
            bound.push((parameter.name.sym.to_string(), arguments[index].clone()));
        }
        Ok((arguments, bound))
    }

    /// A type as a part of a name.
    fn shown(&self, ty: &JsonType) -> String {
        match ty {
            JsonType::Declared(index) => self.declared[*index].name.clone(),
            JsonType::String => "string".to_owned(),
            JsonType::Number => "number".to_owned(),
            JsonType::Boolean => "boolean".to_owned(),
            JsonType::Null => "null".to_owned(),
            JsonType::Unknown { .. } => "unknown".to_owned(),
            JsonType::Array(inner) => format!("{}[]", self.shown(inner)),
            JsonType::Nullable(inner) => format!("{} | null", self.shown(inner)),
            JsonType::Literals(values) => {
                let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                values.iter().map(text).collect::<Vec<_>>().join(" | ")
            }
            _ => "{…}".to_owned(),
        }
    }

    /// A type parameter of a mapped type, with what it stands for.
    pub(super) fn with_parameter(env: &Env, name: &str, value: JsonType) -> Env {
        env.with([(name.to_owned(), value)])
    }

    /// What a type is behind the names of declarations.
    pub(super) fn expanded(&self, ty: &JsonType) -> JsonType {
        let mut found = ty;
        for _ in 0..MAX_DEPTH {
            match found {
                JsonType::Declared(index) => match &self.declared[*index].body {
                    Some(body) => found = body,
                    None => {
                        let name = &self.declared[*index].name;
                        return JsonType::unreadable(format!("`{name}` is made of parts of itself"));
                    }
                },
                other => return other.clone(),
            }
        }
        JsonType::unreadable("aliases stand for each other in a circle")
    }
}

fn of_keyword(kind: TsKeywordTypeKind) -> JsonType {
    match kind {
        TsKeywordTypeKind::TsAnyKeyword | TsKeywordTypeKind::TsUnknownKeyword => JsonType::Unknown { reason: None },
        TsKeywordTypeKind::TsNumberKeyword => JsonType::Number,
        TsKeywordTypeKind::TsStringKeyword => JsonType::String,
        TsKeywordTypeKind::TsBooleanKeyword => JsonType::Boolean,
        TsKeywordTypeKind::TsNullKeyword => JsonType::Null,
        TsKeywordTypeKind::TsObjectKeyword => JsonType::Record(Box::new(JsonType::Unknown { reason: None })),
        TsKeywordTypeKind::TsUndefinedKeyword | TsKeywordTypeKind::TsVoidKeyword => {
            JsonType::Optional(Box::new(JsonType::Union(Vec::new())))
        }
        TsKeywordTypeKind::TsNeverKeyword => JsonType::Union(Vec::new()),
        TsKeywordTypeKind::TsBigIntKeyword => no_json("a bigint"),
        TsKeywordTypeKind::TsSymbolKeyword => no_json("a symbol"),
        TsKeywordTypeKind::TsIntrinsicKeyword => JsonType::unreadable("an intrinsic type is not read"),
    }
}

pub(super) fn no_json(what: &str) -> JsonType {
    JsonType::unreadable(format!("{what} has no form in JSON"))
}

/// A JavaScript number as JSON: without a fraction where it has none.
pub(super) fn of_number(number: f64) -> Value {
    let whole = number as i64;
    // Up to 2^53, where every whole number is itself.
    if whole as f64 == number && whole.abs() <= 1 << 53 { Value::from(whole) } else { Value::from(number) }
}
