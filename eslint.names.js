/**
 * ESLint rule `names/verbs`: no function is named by a participle, for it says that something has
 * happened, not what the function does. No exported function is named by a single word in -ing or
 * -able either.
 */

const IRREGULAR = [
  'begun',
  'bound',
  'brokenOff',
  'brought',
  'built',
  'carriedOut',
  'drawn',
  'found',
  'given',
  'gone',
  'heard',
  'held',
  'kept',
  'known',
  'left',
  'lost',
  'made',
  'passedOn',
  'sealed',
  'seen',
  'sent',
  'shown',
  'spent',
  'split',
  'taken',
  'thrown',
  'told',
  'undone',
  'written',
];
const NO_PARTICIPLE = /^(embed|exceed|feed|need|proceed|read|seed|speed|succeed)/;
/** Workflow types, which others start by name. */
const FIXED = ['delegatedFlow', 'governedOperation'];

const PARTICIPLE = new RegExp(`^(?:${IRREGULAR.join('|')}|[a-z]+ed)(?:[A-Z].*)?$`);

const isParticiple = (name) =>
  PARTICIPLE.test(name) && !NO_PARTICIPLE.test(name) && !FIXED.includes(name);

/** Verbs and nouns, an activity that histories name, and the form in which texts are compared. */
const NO_ADJECTIVE = ['closable', 'comparable', 'disable', 'enable', 'nothing', 'ping', 'table'];
const ADJECTIVE = /^[a-z]+(?:ing|able)$/;

const isAdjective = (name) => ADJECTIVE.test(name) && !NO_ADJECTIVE.includes(name);

const isExported = ({ parent }) =>
  /^Export/.test(parent.type) ||
  (parent.type === 'VariableDeclarator' && /^Export/.test(parent.parent.parent.type));

/** The name under which a function is called; null where it has none of its own. */
function nameOf(node) {
  if (node.id) return node.id;
  const { parent } = node;
  if (parent.type === 'VariableDeclarator' && parent.id.type === 'Identifier') return parent.id;
  if (parent.type === 'MethodDefinition') return parent.key;
  if (parent.type === 'Property' && parent.method) return parent.key;
  return null;
}

const isWithin = (node) => {
  for (let { parent } = node; parent; { parent } = parent)
    if (/Function/.test(parent.type)) return true;
  return false;
};

/** Functions of a module, and asynchronous ones wherever they are. */
export const verbs = {
  meta: {
    type: 'suggestion',
    schema: [],
    messages: {
      participle:
        '{{name}} is a participle: name what the function does by a verb, or what it gives by a noun',
      adjective:
        '{{name}} is a participle or an adjective: name what this exported function does by a verb',
    },
  },
  create(context) {
    const check = (node) => {
      const id = nameOf(node);
      if (id?.name && isExported(node) && isAdjective(id.name)) {
        context.report({ node: id, messageId: 'adjective', data: { name: id.name } });
        return;
      }
      const isMethod = node.parent.type === 'MethodDefinition' || node.parent.type === 'Property';
      if (!id?.name || !isParticiple(id.name) || (!node.async && (isMethod || isWithin(node))))
        return;
      context.report({ node: id, messageId: 'participle', data: { name: id.name } });
    };
    return {
      FunctionDeclaration: check,
      FunctionExpression: check,
      ArrowFunctionExpression: check,
    };
  },
};
